// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Says how a {@link RedisServer} is started; {@link RedisServer#start()} does without. Not thread-safe. */
public final class RedisServerBuilder {

    private static final Duration SILENCE = Duration.ofMillis(500);

    /** A system property: {@code embedded} takes the binary of the JAR even where the PATH has another. */
    static final String CHOICE = "weir.redis";

    final List<String> options = new ArrayList<>();

    Optional<String> password = Optional.empty();

    boolean debugCommand;

    Optional<String> sentinel = Optional.empty();

    boolean clusterNode;

    Optional<TlsFiles> tls = Optional.empty();

    int polls = 1_000;

    private boolean embedded;
    private Path parent = Path.of(System.getProperty("java.io.tmpdir"));

    RedisServerBuilder() {}

    /**
     * Adds an option, as redis.conf has it.
     *
     * @param name its name without dashes, such as {@code maxmemory}
     * @param values its values
     * @return this
     */
    public RedisServerBuilder option(String name, String... values) {
        options.add("--" + name);
        options.addAll(List.of(values));
        return this;
    }

    /**
     * Demands a password, which {@link RedisServer#connect()} gives.
     *
     * @param text the password
     * @return this
     */
    public RedisServerBuilder password(String text) {
        this.password = Optional.of(text);
        return option("requirepass", text);
    }

    /**
     * Makes it a sentinel, which decides alone when a master has not been heard of for half a second.
     *
     * @param name what clients call the master
     * @param master the master; the sentinel finds its replicas by itself
     * @return this
     */
    public RedisServerBuilder sentinelOf(String name, RedisServer master) {
        return sentinelOf(name, master, SILENCE);
    }

    RedisServerBuilder sentinelOf(String name, RedisServer master, Duration silence) {
        String address = Loopback.ADDRESS.getHostAddress();
        this.sentinel = Optional.of("""
                sentinel monitor %1$s %2$s %3$d 1
                sentinel down-after-milliseconds %1$s %4$d
                sentinel failover-timeout %1$s 2000
                """.formatted(name, address, master.port(), silence.toMillis()));
        return this;
    }

    /**
     * Lets it speak TLS with everybody (clients, replicas, sentinels, other nodes of a cluster), and take nothing in plain
     * text. Clients need show no certificate. Where the {@code redis-server} on the PATH was built without TLS, the binary of
     * the JAR is taken.
     *
     * @param files the certificate that it shows, for {@code ip:127.0.0.1} where replicas or other nodes are to trust it too
     * @return this
     */
    public RedisServerBuilder tls(TlsFiles files) {
        this.tls = Optional.of(files);
        return this;
    }

    /**
     * Allows {@code DEBUG}, which versions before 7 do anyway.
     *
     * @return this
     */
    public RedisServerBuilder debugCommand() {
        this.debugCommand = true;
        return this;
    }

    /**
     * Takes the binary of the JAR even where the PATH has another, as the system property {@code weir.redis=embedded} does for
     * all servers.
     *
     * @return this
     */
    public RedisServerBuilder embedded() {
        this.embedded = true;
        return this;
    }

    /**
     * Makes it a node of a cluster, alone at first. Nodes talk on the port 10,000 above that for clients, which is free
     * too; a node keeps what it knows of the others in its folder, and has it after a restart.
     *
     * @return this
     */
    public RedisServerBuilder clusterNode() {
        this.clusterNode = true;
        return option("cluster-enabled", "yes").option("cluster-config-file", "nodes.conf");
    }

    /** Where the server's folder is made, instead of among the system's temporary ones. */
    RedisServerBuilder within(Path own) {
        this.parent = own;
        return this;
    }

    /** How often the server is asked for an answer, every 10 ms, before it is given up. */
    RedisServerBuilder polls(int times) {
        this.polls = times;
        return this;
    }

    /**
     * Starts the server, and waits until it answers.
     *
     * @return the server, which the caller closes
     * @throws IOException if it does not start; the message holds what it has printed
     */
    public RedisServer start() throws IOException {
        Path folder = Files.createTempDirectory(parent, "weir-redis-");
        try {
            Optional<RedisBinary> own = embedded || isEmbeddedChosen() ? Optional.empty() : RedisBinary.onPath();
            boolean fits = own.isPresent() && (tls.isEmpty() || own.get().speaksTls());
            RedisBinary binary = fits ? own.get() : RedisBinary.embedded(folder);
            return RedisServer.start(folder, binary, this);
        } catch (IOException e) {
            RedisServer.remove(folder);
            throw e;
        }
    }

    private static boolean isEmbeddedChosen() throws IOException {
        String choice = System.getProperty(CHOICE, "");
        if (!choice.isEmpty() && !choice.equals("embedded")) {
            throw new IOException("the system property " + CHOICE + " may be embedded or not set, but is " + choice);
        }
        return !choice.isEmpty();
    }
}
