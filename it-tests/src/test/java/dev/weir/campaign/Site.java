// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.redis.RedisKeys;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A Redis, the way to it, and a hand at each. Not thread-safe. */
final class Site implements AutoCloseable {

    /** Longer than a heartbeat waits. */
    static final Duration TOO_SLOW = Duration.ofMillis(900);

    /** Longer than a charge waits, and shorter than a heartbeat. */
    static final Duration HALF_SLOW = Duration.ofMillis(350);

    private static final String KEYS = "5000";
    private static final int LOADS = 3_000;

    private final RedisServer server;
    private final FaultProxy proxy;
    private final long origin;
    private final SplittableRandom random;
    private final List<Incident.Loss> losses = new ArrayList<>();
    private Resp admin;
    private Resp looping;
    private int poisoned = Incident.ALL;
    private long since;

    Site(long origin, long seed) throws IOException {
        this.origin = origin;
        this.random = new SplittableRandom(seed);
        this.server = RedisServer.builder()
                .debugCommand()
                .option("key-load-delay", "300")
                .option("loading-process-events-interval-bytes", "1024")
                .option("rdbcompression", "no")
                .option("lua-time-limit", "200")
                .start();
        this.proxy = FaultProxy.to(server.port());
        this.admin = server.connect();
    }

    RedisServer server() {
        return server;
    }

    FaultProxy proxy() {
        return proxy;
    }

    long now() {
        return System.nanoTime() - origin;
    }

    /** {@return what has been lost since the last call} */
    List<Incident.Loss> takeLosses() {
        List<Incident.Loss> taken = List.copyOf(losses);
        losses.clear();
        return taken;
    }

    /** {@return the caller who alone is concerned by what was done since the last call, or {@link Incident#ALL}} */
    int takeCaller() {
        int taken = poisoned;
        poisoned = Incident.ALL;
        return taken;
    }

    Object admin(String... words) throws IOException {
        return admin.command(words);
    }

    void set(String name, String value) throws IOException {
        admin("CONFIG", "SET", name, value);
    }

    /** What counts for new connections only. */
    void setForAll(String name, String value) throws IOException {
        set(name, value);
        proxy.cut();
    }

    void refuse() throws IOException {
        proxy.refuse();
        proxy.cut();
    }

    void kill() throws IOException {
        server.kill();
        since = now();
    }

    void restart() throws IOException {
        losses.add(Incident.Loss.at(since, now()));
        server.restart();
        admin.close();
        admin = server.connect();
    }

    /** What it had when it was saved is there again after that, and takes its time to be. */
    void fillAndRestart() throws IOException {
        admin("DEBUG", "POPULATE", KEYS, "filling", "4000");
        admin("SAVE");
        kill();
        restart();
    }

    void awaitLoaded() throws IOException {
        Files.deleteIfExists(server.folder().resolve("dump.rdb"));
        for (int i = 0; admin.text("INFO", "persistence").contains("loading:1"); i++) {
            if (i == LOADS) {
                throw new IOException("Redis does not end to load");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        admin("EVAL", "for i = 0, ARGV[1] - 1 do redis.call('DEL', 'filling:' .. i) end", "0", KEYS);
    }

    /** Puts something under a caller's key that Weir has not written, and takes it away again. */
    void poison() throws IOException {
        poisoned = random.nextBoolean() ? Crowd.HOT : random.nextInt(Crowd.CALLERS);
        admin("SET", key(poisoned), "garbage");
        since = now();
    }

    void unpoison() throws IOException {
        losses.add(Incident.Loss.at(since, now()));
        admin("DEL", key(poisoned));
    }

    private static String key(int caller) {
        return new String(RedisKeys.of(Crowd.NAMESPACE, null).of(Crowd.bucket(caller)), StandardCharsets.US_ASCII);
    }

    void loop() throws IOException {
        if (looping != null) {
            looping.close();
        }
        looping = server.connect();
        looping.send("EVAL", "while true do end", "0");
    }

    /** {@return the names of keys that would stay for ever} */
    List<String> immortal() throws IOException {
        List<String> immortal = new ArrayList<>();
        for (Object key : (List<?>) admin("KEYS", "*")) {
            if (admin.number("PTTL", String.valueOf(key)) == -1) {
                immortal.add(String.valueOf(key));
            }
        }
        return immortal;
    }

    @Override
    public void close() throws IOException {
        if (looping != null) {
            looping.close();
        }
        admin.close();
        proxy.close();
        server.close();
    }
}
