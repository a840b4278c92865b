// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A master, its replica, and a sentinel that looks after the two and decides alone: when nobody hears of the master any more, or
 * when {@code SENTINEL FAILOVER main} asks for it, the two change places. Any of the three can be killed and started again.
 *
 * <p>Thread-safe.
 */
public final class RedisSentinel implements AutoCloseable {

    private static final String NAME = "main";

    private final List<RedisServer> servers = new ArrayList<>(); // in the order of their start

    private RedisSentinel() {}

    /**
     * Starts the three, and waits until they answer; the replica may have copied nothing yet, see {@link #hasCopied}.
     *
     * @param silence how long the master is not heard of before it is taken for gone, in whole milliseconds
     * @return the three, which the caller closes
     * @throws IOException if one does not start
     */
    public static RedisSentinel start(Duration silence) throws IOException {
        RedisSentinel all = new RedisSentinel();
        try {
            RedisServer master = all.add(RedisServer.builder());
            all.add(RedisServer.builder()
                    .option("replicaof", Loopback.ADDRESS.getHostAddress(), Integer.toString(master.port()))
                    .option("repl-diskless-sync-delay", "0"));
            all.add(RedisServer.builder().sentinelOf(NAME, master, silence));
            return all;
        } catch (IOException e) {
            all.close();
            throw e;
        }
    }

    private RedisServer add(RedisServerBuilder builder) throws IOException {
        RedisServer server = builder.start();
        servers.add(server);
        return server;
    }

    /** {@return the server that is the master at first} */
    public RedisServer first() {
        return servers.get(0);
    }

    /** {@return the server that is the replica at first} */
    public RedisServer second() {
        return servers.get(1);
    }

    /** {@return the sentinel itself} */
    public RedisServer sentinel() {
        return servers.get(2);
    }

    /** {@return the address for clients, which ask the sentinel for the master} */
    public String uri() {
        return "redis-sentinel://" + Loopback.ADDRESS.getHostAddress() + ":"
                + sentinel().port() + "#" + NAME;
    }

    /**
     * Asks the sentinel to let the two change places.
     *
     * @return whether it begins; it refuses for a while after the last time
     * @throws IOException if it does not answer
     */
    public boolean failover() throws IOException {
        return sentinel().ask("SENTINEL", "FAILOVER", NAME).contains("OK");
    }

    /**
     * Looks who is the master.
     *
     * @param server one of the two
     * @return whether the sentinel tells clients that it is, and it knows it itself
     * @throws IOException if one of them does not answer
     */
    public boolean isMaster(RedisServer server) throws IOException {
        return sentinel().ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).contains(Integer.toString(server.port()))
                && server.ask("ROLE").contains("master");
    }

    /**
     * Looks whether the master may be lost.
     *
     * @param server the replica
     * @return whether it has copied its master, and the sentinel has seen that: it looks every ten seconds
     * @throws IOException if one of them does not answer
     */
    public boolean hasCopied(RedisServer server) throws IOException {
        if (!server.ask("INFO", "replication").contains("master_link_status:up")) {
            return false;
        }
        String seen = sentinel().ask("SENTINEL", "REPLICAS", NAME);
        return List.of(
                        "port, " + server.port() + ",",
                        "flags, slave,",
                        "role-reported, slave,",
                        "master-link-status, ok,")
                .stream()
                .allMatch(seen::contains);
    }

    /** Ends all three; closing again has no effect. */
    @Override
    public void close() {
        List<RedisServer> last = new ArrayList<>(servers);
        Collections.reverse(last);
        last.forEach(RedisServer::close);
    }
}
