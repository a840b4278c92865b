// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One line of {@code CLUSTER NODES}.
 *
 * @param id what the nodes call it
 * @param port where clients find it
 * @param flags what the asked node thinks of it, such as {@code master} and {@code fail}
 * @param master the id of the master that it copies, {@code -} if it is one
 * @param epoch how new its claim to its slots is; of two claims the newer one holds
 * @param slots its slots, in ranges
 */
record ClusterNode(String id, int port, List<String> flags, String master, long epoch, List<Range> slots) {

    private static final Pattern SPACE = Pattern.compile(" ");
    private static final Pattern COMMA = Pattern.compile(",");
    private static final int SLOTS_FROM = 8;

    /**
     * Slots that follow each other.
     *
     * @param first the first one
     * @param last the last one
     */
    record Range(int first, int last) {}

    /** {@return all nodes that one server knows, in no particular order} */
    static List<ClusterNode> knownTo(Resp redis) throws IOException {
        return redis.text("CLUSTER", "NODES").lines().map(ClusterNode::of).toList();
    }

    static ClusterNode of(String line) {
        List<String> words = SPACE.splitAsStream(line).toList();
        String address = words.get(1);
        int colon = address.indexOf(':');
        String port = address.substring(colon + 1, address.indexOf('@', colon));
        List<Range> slots = new ArrayList<>();
        for (String range : words.subList(Math.min(SLOTS_FROM, words.size()), words.size())) {
            if (!range.startsWith("[")) { // a slot on its way is written in brackets besides
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                slots.add(new Range(first, dash < 0 ? first : Integer.parseInt(range.substring(dash + 1))));
            }
        }
        List<String> flags = COMMA.splitAsStream(words.get(2)).toList();
        return new ClusterNode(
                words.get(0), Integer.parseInt(port), flags, words.get(3), Long.parseLong(words.get(6)), slots);
    }

    boolean is(String flag) {
        return flags.contains(flag);
    }

    boolean has(int slot) {
        return slots.stream().anyMatch(range -> range.first <= slot && slot <= range.last);
    }

    int slotCount() {
        return slots.stream().mapToInt(range -> range.last - range.first + 1).sum();
    }
}
