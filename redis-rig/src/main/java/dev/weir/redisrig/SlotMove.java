// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A slot on its way from one master to another. As long as it is, the old one sends clients on ({@code ASK}) for keys that
 * it does not have, and neither carries out a command whose keys are only partly there ({@code TRYAGAIN}).
 *
 * <p>Thread-safe.
 */
public final class SlotMove {

    private static final String MILLIS = "5000";

    private final RedisCluster cluster;
    private final String slot;
    private final RedisServer from;
    private final RedisServer to;

    SlotMove(RedisCluster cluster, int slot, RedisServer from, RedisServer to) {
        this.cluster = cluster;
        this.slot = Integer.toString(slot);
        this.from = from;
        this.to = to;
    }

    void begin() throws IOException {
        setSlot(to, "IMPORTING", cluster.id(from));
        setSlot(from, "MIGRATING", cluster.id(to));
    }

    private void setSlot(RedisServer node, String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of("CLUSTER", "SETSLOT", slot));
        command.addAll(List.of(words));
        try (Resp redis = node.connect()) {
            redis.text(command.toArray(String[]::new));
        }
    }

    /** {@return the master that the slot leaves} */
    public RedisServer from() {
        return from;
    }

    /** {@return the master that the slot goes to} */
    public RedisServer to() {
        return to;
    }

    /**
     * Moves keys that are there.
     *
     * @param most how many at most, at least 1
     * @return how many were moved; 0 if the old master has none left
     * @throws IOException if one of the two does not answer
     */
    public int keys(int most) throws IOException {
        try (Resp redis = from.connect()) {
            List<?> keys = redis.list("CLUSTER", "GETKEYSINSLOT", slot, Integer.toString(most));
            if (!keys.isEmpty()) {
                key(redis, keys);
            }
            return keys.size();
        }
    }

    /**
     * Moves one key.
     *
     * @param key its name
     * @throws IOException if one of the two does not answer
     */
    public void key(String key) throws IOException {
        try (Resp redis = from.connect()) {
            key(redis, List.of(key));
        }
    }

    /** A key that has expired in the meantime is none to move. */
    private void key(Resp redis, List<?> keys) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "MIGRATE",
                Loopback.ADDRESS.getHostAddress(),
                Integer.toString(to.port()),
                "",
                "0",
                MILLIS,
                "REPLACE",
                "KEYS"));
        keys.forEach(key -> command.add(String.valueOf(key)));
        redis.text(command.toArray(String[]::new));
    }

    /**
     * Moves what is left, gives the slot to the new master, and tells every living master.
     *
     * @throws IOException if one of the masters does not answer
     */
    public void finish() throws IOException {
        int moved = keys(100);
        while (moved > 0) {
            moved = keys(100);
        }
        String owner = cluster.id(to);
        setSlot(to, "NODE", owner);
        setSlot(from, "NODE", owner);
        for (RedisServer master : cluster.masters()) {
            if (master != to && master != from) {
                setSlot(master, "NODE", owner);
            }
        }
    }
}
