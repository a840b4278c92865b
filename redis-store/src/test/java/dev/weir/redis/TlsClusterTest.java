// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.Certificates;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.RedisServerBuilder;
import dev.weir.redisrig.Resp;
import dev.weir.redisrig.SlotMove;
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
import io.lettuce.core.RedisURI;
import io.lettuce.core.SslOptions;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster whose servers take nothing in plain text, and tell of each other. */
class TlsClusterTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final long BEAT = Duration.ofSeconds(2).toNanos();
    private static final int CAPACITY = 100_000;
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final List<String> USERS =
            IntStream.range(0, 30).mapToObj(i -> "user" + i).toList();

    @TempDir
    private static Path folder;

    private static Certificates certificates;
    private static TlsFiles good;
    private static RedisCluster cluster;

    @BeforeAll
    static void begin() throws IOException {
        certificates = Certificates.in(folder);
        good = certificates.files("ip:127.0.0.1", "-1d", 30);
        cluster = RedisCluster.start(3, node -> node.tls(good));
    }

    @AfterAll
    static void finish() {
        cluster.close();
    }

    private static RedisStore store(int port, boolean trusting) throws IOException {
        Map<String, String> options = new HashMap<>(Map.of("uri", "rediss-cluster://127.0.0.1:" + port, "secret", "s"));
        if (trusting) {
            options.put("ca", Files.readString(good.authority()));
        }
        StoreSettings settings = new StoreSettings("redis", newNamespace(), 1_000, Duration.ofMillis(25), options);
        return (RedisStore) new RedisStoreFactory().open(settings, TimeSource.system());
    }

    private static String newNamespace() {
        return "tls" + NAMES.incrementAndGet();
    }

    /** By one of its servers alone, so that all others are discovered. */
    private static RedisStore trusting() throws IOException {
        return store(cluster.servers().get(0).port(), true);
    }

    private static ChargeItem item(Action action, String user) {
        BucketLimit daily =
                new BucketLimit(List.of(new Rate(1, Duration.ofDays(1).toNanos(), CAPACITY)), 0);
        return new ChargeItem(action, daily, "api", null, Key.of(Scope.USER, user), 1);
    }

    private static Charge charge(RedisStore store, Action action, String user) {
        Charge charge = Charge.of(item(action, user));
        store.charge(charge, PATIENCE);
        return charge;
    }

    private static void assertServed(RedisStore store) throws IOException {
        assertThat(store.heartbeat(BEAT)).isPositive();
        for (String user : USERS) {
            Charge charge = charge(store, Action.TAKE, user);
            assertThat(charge.outcome()).as("%s", charge.cause()).isEqualTo(Outcome.ADMITTED);
        }
        for (RedisServer master : cluster.masters()) {
            try (Resp redis = master.connect()) {
                assertThat(redis.list("KEYS", store.keys().namespace() + ":*"))
                        .as("on port %s", master.port())
                        .isNotEmpty();
            }
        }
    }

    @Test
    void serversThatAreDiscovered_areReachedOverTls() throws IOException {
        try (RedisStore store = trusting()) {
            assertServed(store);
        }
    }

    @Test
    void clientOfTheApplication_keepsItsTlsOnDiscoveredServers() throws IOException {
        RedisURI seed = RedisURI.create(cluster.servers().get(0).uri());
        RedisClusterClient client = RedisClusterClient.create(seed);
        ClientOptions options = ClientOptions.builder()
                .sslOptions(SslOptions.builder()
                        .trustManager(good.authority().toFile())
                        .build())
                .build();
        client.setOptions(ClusterClientOptions.builder(options).build());
        try (RedisStore store = RedisStore.builder(client, List.of(seed))
                .namespace(newNamespace())
                .build()) {
            assertServed(store);
            RedisURI plain = RedisURI.create("redis://127.0.0.1:1");
            assertThatThrownBy(() -> RedisStore.builder(client, List.of(seed, plain)))
                    .hasMessageContaining("seeds must all be encrypted, or none");
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    @Test
    void moved_isFollowedOverTls() throws IOException {
        try (RedisStore store = trusting()) {
            store.heartbeat(BEAT);
            charge(store, Action.TAKE, "fred");
            int slot = SlotHash.getSlot(store.keys().of(item(Action.LOOK, "fred")));
            RedisServer from = cluster.masterOf(slot).orElseThrow();
            RedisServer to = cluster.masters().stream()
                    .filter(master -> master != from)
                    .findFirst()
                    .orElseThrow();
            SlotMove move = cluster.beginMove(slot, to);
            move.finish();
            assertThat(charge(store, Action.TAKE, "fred").outcome()).isEqualTo(Outcome.ADMITTED);
            assertThat(charge(store, Action.LOOK, "fred").item(0).available(0)).isEqualTo(CAPACITY - 2L);
            assertThat(cluster.masterOf(slot)).contains(to);
        }
    }

    private static void assertRefused(RedisStore store, String... why) {
        for (int i = 0; i < 3; i++) {
            assertThat(store.heartbeat(BEAT)).isZero();
        }
        Charge charge = charge(store, Action.TAKE, "fred");
        assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(charge.failedAside()).as("nobody else answers").isFalse();
        assertThat(charge.cause()).cause().hasMessageContainingAll(why);
    }

    @Test
    void authorityThatNobodyNamed_isNotTrusted() throws IOException {
        int port = cluster.servers().get(0).port();
        try (RedisStore store = store(port, false)) {
            assertRefused(store, "Redis at 127.0.0.1:" + port, "store.redis.ca");
        }
    }

    /** A server of a cluster of its own, with one slot. */
    private static RedisServer alone(RedisServerBuilder builder) throws IOException {
        RedisServer server = builder.clusterNode().start();
        try (Resp redis = server.connect()) {
            redis.text("CLUSTER", "ADDSLOTS", "0");
        }
        return server;
    }

    @Test
    void plainText_isNotSpoken() throws IOException {
        try (RedisServer plain = alone(RedisServer.builder());
                RedisStore store = store(plain.port(), true)) {
            assertRefused(store, "Redis at 127.0.0.1:" + plain.port(), "speaks no TLS");
        }
    }

    @Test
    void serverThatDemandsACertificate_isSaidSo() throws IOException {
        try (RedisServer strict = alone(RedisServer.builder().tls(good).option("tls-auth-clients", "optional"));
                Resp redis = strict.connect()) {
            redis.text("CONFIG", "SET", "tls-auth-clients", "yes");
            try (RedisStore store = store(strict.port(), true)) {
                assertRefused(store, "demands a certificate", "tls-auth-clients no");
            }
        }
    }

    @Test
    void serverThatTellsOfNobody_isSaidSo() throws IOException {
        try (RedisServer mute = RedisServer.builder()
                        .tls(good)
                        .clusterNode()
                        .option("rename-command", "CLUSTER", "")
                        .start();
                RedisStore store = store(mute.port(), true)) {
            assertRefused(store, "unknown command", "CLUSTER");
        }
    }

    /** The first server is who it says; all others show certificates for somebody else. */
    @Test
    void aDiscoveredServer_isTrustedByItsNameOnly() throws IOException {
        TlsFiles wrong = certificates.files("dns:elsewhere.example", "-1d", 30);
        AtomicInteger nodes = new AtomicInteger();
        try (RedisCluster mixed = RedisCluster.start(2, node -> node.tls(nodes.getAndIncrement() == 0 ? good : wrong));
                RedisStore store = store(mixed.servers().get(0).port(), true)) {
            assertThat(store.heartbeat(BEAT)).isIn(1, RedisStore.UNCOUNTED);
            for (String user : USERS) {
                int slot = SlotHash.getSlot(store.keys().of(item(Action.LOOK, user)));
                boolean isFirst =
                        mixed.masterOf(slot).orElseThrow() == mixed.servers().get(0);
                assertThat(charge(store, Action.TAKE, user).outcome())
                        .as(user)
                        .isEqualTo(isFirst ? Outcome.ADMITTED : Outcome.NOT_SENT);
            }
        }
    }
}
