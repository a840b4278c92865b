// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What {@code CLUSTER SLOTS} answers: who has which slots. Immutable.
 *
 * @param ranges the slots and their masters
 * @param nodes all that stand in it, the replicas included
 */
record Topology(List<Range> ranges, Set<Node> nodes) {

    private static final int SLOTS = 16_384;

    /** Where a server listens, as the cluster itself says it. */
    record Node(String host, int port) {

        @Override
        public String toString() {
            return host + ':' + port;
        }
    }

    /** Slots that one server has, the last one included. */
    record Range(int first, int last, Node master) {}

    /**
     * Reads an answer.
     *
     * @param reply the answer
     * @param asked the host that was asked, which is meant where a node does not know its own name
     * @throws IllegalArgumentException if it is none
     */
    static Topology of(List<?> reply, String asked) {
        List<Range> ranges = new ArrayList<>();
        Set<Node> nodes = new LinkedHashSet<>();
        for (Object each : reply) {
            List<?> entry = list(each);
            if (entry.size() < 3) {
                throw new IllegalArgumentException("a range of slots without a server: " + entry);
            }
            List<Node> servers = new ArrayList<>();
            for (Object server : entry.subList(2, entry.size())) {
                servers.add(node(list(server), asked));
            }
            ranges.add(new Range(slot(entry.get(0)), slot(entry.get(1)), servers.get(0)));
            nodes.addAll(servers);
        }
        return new Topology(List.copyOf(ranges), nodes);
    }

    private static Node node(List<?> entry, String asked) {
        if (entry.size() < 2 || !(entry.get(1) instanceof Long port) || port < 1 || port > 65_535) {
            throw new IllegalArgumentException(
                    "the cluster names a server without a port; where it takes TLS only, set tls-cluster yes: "
                            + entry);
        }
        String host = entry.get(0) instanceof byte[] bytes ? new String(bytes, StandardCharsets.US_ASCII) : "";
        return new Node(known(host, asked), port.intValue());
    }

    private static String known(String host, String asked) {
        return host.isEmpty() || host.equals("?") ? asked : host;
    }

    /**
     * Reads where a server sends somebody: {@code MOVED 3999 127.0.0.1:6381}.
     *
     * @throws IllegalArgumentException if it does not say so
     */
    static Node target(String error, String asked) {
        String[] words = error.split(" ", -1);
        int colon = words.length < 3 ? -1 : words[2].lastIndexOf(':');
        if (colon < 0 || !words[2].substring(colon + 1).matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("a redirection to nowhere: " + error);
        }
        String host = words[2].substring(0, colon);
        return new Node(known(host, asked), Integer.parseInt(words[2].substring(colon + 1)));
    }

    private static List<?> list(Object reply) {
        if (reply instanceof List<?> list) {
            return list;
        }
        throw new IllegalArgumentException("not a list: " + reply);
    }

    private static int slot(Object reply) {
        if (reply instanceof Long slot && slot >= 0 && slot < SLOTS) {
            return slot.intValue();
        }
        throw new IllegalArgumentException("not a slot: " + reply);
    }
}
