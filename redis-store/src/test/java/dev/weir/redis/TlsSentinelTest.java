// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.Certificates;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.RedisServerBuilder;
import dev.weir.redisrig.Resp;
import dev.weir.redisrig.TlsFiles;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sentinels, and servers behind them, that take nothing in plain text. */
@Tag("heavy")
class TlsSentinelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long BEAT = Duration.ofSeconds(2).toNanos();
    private static final AtomicInteger NAMES = new AtomicInteger();

    @TempDir
    private static Path folder;

    private static TlsFiles good;
    private static TlsFiles wrong;
    private static RedisServer master;
    private static RedisServer sentinel;

    @BeforeAll
    static void begin() throws IOException {
        Certificates certificates = Certificates.in(folder);
        good = certificates.files("ip:127.0.0.1", "-1d", 30);
        wrong = certificates.files("dns:elsewhere.example", "-1d", 30);
        master = RedisServer.builder().tls(good).start();
        sentinel = RedisServer.builder().tls(good).sentinelOf("main", master).start();
    }

    @AfterAll
    static void finish() {
        sentinel.close();
        master.close();
    }

    private static String uri(RedisServer of) {
        return "rediss-sentinel://127.0.0.1:" + of.port() + "#main";
    }

    private static RedisStore store(RedisServer of, boolean trusting) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of("uri", uri(of), "secret", "s"));
        if (trusting) {
            options.put("ca", Files.readString(good.authority()));
        }
        StoreSettings settings = new StoreSettings("redis", newNamespace(), 1_000, Duration.ofMillis(25), options);
        return (RedisStore) new RedisStoreFactory().open(settings, TimeSource.system());
    }

    private static String newNamespace() {
        return "tls" + NAMES.incrementAndGet();
    }

    private static Charge charge(RedisStore store) {
        BucketLimit limit =
                new BucketLimit(List.of(new Rate(1, Duration.ofDays(1).toNanos(), 100)), 0);
        Charge charge = Charge.of(new ChargeItem(Action.TAKE, limit, "api", null, Key.of(Scope.USER, "fred"), 1));
        store.charge(charge, PATIENCE.toNanos());
        return charge;
    }

    private static void assertServed(RedisStore store, RedisServer by) throws IOException {
        await().atMost(PATIENCE).until(() -> store.heartbeat(BEAT) > 0);
        Charge charge = charge(store);
        assertThat(charge.outcome()).as("%s", charge.cause()).isEqualTo(Outcome.ADMITTED);
        try (Resp redis = by.connect()) {
            assertThat(redis.list("KEYS", store.keys().namespace() + ":*")).isNotEmpty();
        }
    }

    private static void assertRefused(RedisStore store, String... why) {
        for (int i = 0; i < 3; i++) {
            assertThat(store.heartbeat(BEAT)).isZero();
        }
        Charge charge = charge(store);
        assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(charge.cause()).cause().hasMessageContainingAll(why);
    }

    @Test
    void master_isFoundAndReachedOverTls() throws IOException {
        try (RedisStore store = store(sentinel, true)) {
            assertServed(store, master);
        }
    }

    @Test
    void clientOfTheApplication_keepsItsTls() throws IOException {
        RedisClient client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                .sslOptions(SslOptions.builder()
                        .trustManager(good.authority().toFile())
                        .build())
                .build());
        try (RedisStore store = RedisStore.builder(client, RedisURI.create(uri(sentinel)))
                .namespace(newNamespace())
                .build()) {
            assertServed(store, master);
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    @Test
    void authorityThatNobodyNamed_isNotTrusted() throws IOException {
        try (RedisStore store = store(sentinel, false)) {
            assertRefused(store, "A sentinel of main", "not trusted", "store.redis.ca");
        }
    }

    @Test
    void sentinelOfAnotherName_isNotBelieved() throws IOException {
        try (RedisServer other = RedisServer.builder()
                        .tls(wrong)
                        .sentinelOf("main", master)
                        .start();
                RedisStore store = store(other, true)) {
            assertRefused(store, "store.redis.ca");
        }
    }

    /** Whoever makes a sentinel name him is no master yet. */
    @Test
    void masterOfAnotherName_isNotTrusted() throws IOException {
        try (RedisServer other = RedisServer.builder().tls(wrong).start();
                RedisServer naming = RedisServer.builder()
                        .tls(good)
                        .sentinelOf("main", other)
                        .start();
                RedisStore store = store(naming, true)) {
            assertRefused(store, "store.redis.ca");
        }
    }

    @Test
    void failover_isFollowed() throws IOException {
        RedisServerBuilder second = RedisServer.builder().tls(good).option("repl-diskless-sync-delay", "0");
        try (RedisServer first = RedisServer.builder().tls(good).start();
                RedisServer next = second.option("replicaof", "127.0.0.1", Integer.toString(first.port()))
                        .start();
                RedisServer own = RedisServer.builder()
                        .tls(good)
                        .sentinelOf("main", first)
                        .start();
                RedisStore store = store(own, true)) {
            assertServed(store, first);
            await().atMost(PATIENCE)
                    .until(() -> ask(next, "INFO", "replication").contains("master_link_status:up"));
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofSeconds(1))
                    .ignoreExceptions() // it does not know the replica yet, or is about it
                    .until(() -> isMaster(next) || (failsOver(own) && isMaster(next)));
            await().atMost(PATIENCE).until(() -> {
                store.heartbeat(BEAT);
                return charge(store).outcome() == Outcome.ADMITTED;
            });
            assertServed(store, next);
        }
    }

    private static boolean isMaster(RedisServer server) throws IOException {
        return ask(server, "ROLE").contains("master");
    }

    /** It gives up after a while if it has not seen the replica well since. */
    private static boolean failsOver(RedisServer sentinel) throws IOException {
        return ask(sentinel, "SENTINEL", "FAILOVER", "main").contains("OK");
    }

    private static String ask(RedisServer server, String... words) throws IOException {
        try (Resp connection = server.connect()) {
            return String.valueOf(connection.command(words));
        }
    }
}
