// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;

/**
 * A Redis Cluster of one's own on 127.0.0.1, made by Redis' own commands: masters that share the 16,384 slots evenly, and a
 * replica of each. Single servers are killed, frozen and started again as {@link RedisServer} has it; what the cluster makes
 * of that is asked here. A node that does not answer for 1.5 s is taken for dead, and its replica takes over.
 *
 * <p>Of two servers that both claim a slot, the one with the newer claim has it, as the nodes themselves decide. Frozen
 * and dead ones claim nothing.
 *
 * <p>Thread-safe.
 */
public final class RedisCluster implements AutoCloseable {

    /** How many slots there are. */
    public static final int SLOTS = 16_384;

    private static final String NODE_TIMEOUT_MILLIS = "1500";
    private static final int LOOKS = 1_000;
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<RedisServer> servers = new ArrayList<>();
    private final Map<Integer, String> ids = new TreeMap<>(); // by port; a node keeps its id

    /** A condition that is waited for. */
    private interface Look {
        boolean isAsWanted() throws IOException;
    }

    private RedisCluster() {}

    /**
     * Starts a cluster, and waits until every node knows all of it and every replica has copied its master.
     *
     * @param masters how many masters, each with one replica; at least 1, and 3 for one to be replaced when it dies
     * @return the cluster, which the caller closes
     * @throws IOException if it does not come about
     */
    public static RedisCluster start(int masters) throws IOException {
        return start(masters, UnaryOperator.identity());
    }

    /**
     * Starts a cluster, and waits until every node knows all of it and every replica has copied its master.
     *
     * @param masters how many masters, each with one replica; at least 1, and 3 for one to be replaced when it dies
     * @param settings is given what each node is started with, and may add to it, such as the option
     *     {@code cluster-require-full-coverage yes}, which is {@code no} otherwise
     * @return the cluster, which the caller closes
     * @throws IOException if it does not come about
     */
    public static RedisCluster start(int masters, UnaryOperator<RedisServerBuilder> settings) throws IOException {
        RedisCluster cluster = new RedisCluster();
        try {
            cluster.launch(masters, settings);
            cluster.introduce();
            cluster.share(masters);
            cluster.awaitWhole();
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void launch(int masters, UnaryOperator<RedisServerBuilder> settings) throws IOException {
        for (int i = 0; i < 2 * masters; i++) {
            RedisServer server = settings.apply(RedisServer.builder()
                            .clusterNode()
                            .option("cluster-node-timeout", NODE_TIMEOUT_MILLIS)
                            .option("cluster-require-full-coverage", "no")
                            .option("cluster-replica-validity-factor", "0")
                            .option("repl-diskless-sync-delay", "0"))
                    .start();
            servers.add(server);
            try (Resp redis = server.connect()) {
                ids.put(server.port(), redis.text("CLUSTER", "MYID"));
                redis.text("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
            }
        }
    }

    /** Each node meets each: gossip alone takes seconds. */
    private void introduce() throws IOException {
        for (RedisServer server : servers) {
            try (Resp redis = server.connect()) {
                for (RedisServer other : servers.subList(0, servers.indexOf(server))) {
                    redis.text("CLUSTER", "MEET", Loopback.ADDRESS.getHostAddress(), Integer.toString(other.port()));
                }
            }
        }
        await("the nodes do not meet", () -> {
            for (RedisServer server : servers) {
                if (!knowsAll(server)) {
                    return false;
                }
            }
            return true;
        });
    }

    private boolean knowsAll(RedisServer server) throws IOException {
        List<ClusterNode> known = known(server);
        return known.size() == servers.size()
                && known.stream().allMatch(node -> ids.containsValue(node.id()) && !node.is("handshake"));
    }

    private static List<ClusterNode> known(RedisServer server) throws IOException {
        try (Resp redis = server.connect()) {
            return ClusterNode.knownTo(redis);
        }
    }

    /** Version 6 has no command for ranges of slots. */
    private void share(int masters) throws IOException {
        for (int i = 0; i < masters; i++) {
            List<String> command = new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"));
            for (int slot = i * SLOTS / masters; slot < (i + 1) * SLOTS / masters; slot++) {
                command.add(Integer.toString(slot));
            }
            try (Resp redis = servers.get(i).connect();
                    Resp replica = servers.get(masters + i).connect()) {
                redis.text(command.toArray(String[]::new));
                replica.text("CLUSTER", "REPLICATE", id(servers.get(i)));
            }
        }
    }

    /** {@return all its servers, dead ones too; at first the masters in the order of their slots, then their replicas} */
    public List<RedisServer> servers() {
        return List.copyOf(servers);
    }

    /** {@return the addresses of all its servers, such as {@code redis://127.0.0.1:20000}, in the order of these} */
    public List<String> seeds() {
        return servers.stream().map(RedisServer::uri).toList();
    }

    String id(RedisServer server) {
        String id = ids.get(server.port());
        if (id == null) {
            throw new IllegalArgumentException("the server on port " + server.port() + " is no node of this cluster");
        }
        return id;
    }

    /** What the servers that are awake say of themselves. */
    private Map<RedisServer, ClusterNode> claims() throws IOException {
        Map<RedisServer, ClusterNode> claims = new TreeMap<>(Comparator.comparingInt(servers::indexOf));
        for (RedisServer server : servers) {
            if (server.isAwake()) {
                known(server).stream().filter(node -> node.is("myself")).forEach(node -> claims.put(server, node));
            }
        }
        return claims;
    }

    private static Optional<RedisServer> owner(Map<RedisServer, ClusterNode> claims, int slot) {
        return claims.entrySet().stream()
                .filter(claim -> claim.getValue().has(slot))
                .max(Comparator.comparingLong(claim -> claim.getValue().epoch()))
                .map(Map.Entry::getKey);
    }

    /**
     * Tells who has slots.
     *
     * @return the masters that are awake and have slots
     * @throws IOException if a node does not answer that should
     */
    public List<RedisServer> masters() throws IOException {
        return claims().entrySet().stream()
                .filter(claim -> claim.getValue().slotCount() > 0)
                .map(Map.Entry::getKey)
                .toList();
    }

    /**
     * Tells who has a slot.
     *
     * @param slot the slot, 0 to 16,383
     * @return its master, empty while nobody has it who is awake
     * @throws IOException if a node does not answer that should
     */
    public Optional<RedisServer> masterOf(int slot) throws IOException {
        return owner(claims(), slot);
    }

    /**
     * Tells who would take over.
     *
     * @param master a master, which may be dead
     * @return its replica, empty if none is awake
     * @throws IOException if a node does not answer that should
     */
    public Optional<RedisServer> replicaOf(RedisServer master) throws IOException {
        String id = id(master);
        return claims().entrySet().stream()
                .filter(claim -> claim.getValue().master().equals(id))
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /**
     * Tells where a key belongs.
     *
     * @param key the key
     * @return its slot, 0 to 16,383
     * @throws IOException if no node answers
     */
    public int slotOf(String key) throws IOException {
        RedisServer any = servers.stream()
                .filter(RedisServer::isAwake)
                .findFirst()
                .orElseThrow(() -> new IOException("no node is awake"));
        try (Resp redis = any.connect()) {
            return Math.toIntExact(redis.number("CLUSTER", "KEYSLOT", key));
        }
    }

    /**
     * Waits until every slot has a master that is awake, all who are awake agree on that and take commands, and their
     * replicas have copied them. So it is after a death, as soon as the replica has taken over.
     *
     * @throws IOException if that does not happen within a thousand looks, half a minute or so; the message holds what the nodes say
     */
    public void awaitWhole() throws IOException {
        await("the cluster is not whole", this::isWhole);
    }

    private boolean isWhole() throws IOException {
        Map<RedisServer, ClusterNode> claims = claims();
        for (Map.Entry<RedisServer, ClusterNode> each : claims.entrySet()) {
            int covered = 0;
            for (ClusterNode node : known(each.getKey())) {
                List<ClusterNode.Range> claimed = claims.values().stream()
                        .filter(claim -> claim.id().equals(node.id()))
                        .findFirst()
                        .map(ClusterNode::slots)
                        .orElse(List.of());
                if (!claimed.equals(node.slots())) {
                    return false;
                }
                covered += node.slotCount();
            }
            if (covered != SLOTS || !isReady(each.getKey(), each.getValue())) {
                return false;
            }
        }
        return !claims.isEmpty();
    }

    private static boolean isReady(RedisServer server, ClusterNode claim) throws IOException {
        try (Resp redis = server.connect()) {
            return redis.text("CLUSTER", "INFO").contains("cluster_state:ok")
                    && (!claim.is("slave") || redis.text("INFO", "replication").contains("master_link_status:up"));
        }
    }

    /**
     * Begins to move a slot, and leaves its keys where they are.
     *
     * @param slot the slot, 0 to 16,383
     * @param to the master that it goes to, not the one that it has
     * @return the move, for the keys and the end
     * @throws IOException if a node does not answer
     * @throws IllegalStateException if nobody has the slot who is awake
     */
    public SlotMove beginMove(int slot, RedisServer to) throws IOException {
        RedisServer from =
                masterOf(slot).orElseThrow(() -> new IllegalStateException("nobody has slot " + slot + " today"));
        SlotMove move = new SlotMove(this, slot, from, to);
        move.begin();
        return move;
    }

    /**
     * Looks at what the masters have done since their start, all together.
     *
     * @return the sum of what the masters say that are awake
     * @throws IOException if one does not answer
     */
    public CommandCounts counts() throws IOException {
        CommandCounts sum = new CommandCounts(Map.of(), 0, 0);
        for (RedisServer master : masters()) {
            try (Resp redis = master.connect()) {
                sum = sum.plus(CommandCounts.of(redis));
            }
        }
        return sum;
    }

    /* Design: looks are counted, because a machine that is busy makes them slower and its cluster too. */
    private void await(String complaint, Look look) throws IOException {
        for (int i = 0; !look.isAsWanted(); i++) {
            if (i == LOOKS || Thread.currentThread().isInterrupted()) {
                throw new IOException(complaint + "; the nodes say:\n" + claims());
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    /** Ends all its servers; closing again has no effect. */
    @Override
    public void close() {
        servers.forEach(RedisServer::close);
    }
}
