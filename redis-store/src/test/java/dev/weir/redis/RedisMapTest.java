// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.VersionedMap;
import dev.weir.store.VersionedMap.Contents;
import dev.weir.store.VersionedMap.Entry;
import dev.weir.testkit.ManualClock;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What instances share beside their limits. */
class RedisMapTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Key BOB = Key.of(Scope.USER, "bob-who-must-not-be-found");
    private static final Key ACME = Key.of(Scope.TENANT, "acme-which-must-not-be-found");

    private static void put(VersionedMap map, String name, String value) {
        assertThat(map.put(name, value, 0, PATIENCE)).isTrue();
    }

    @Test
    void whatOneStoreSets_anotherReads() {
        String namespace = TestRedis.newNamespace();
        try (RedisStore here = RedisStore.builder(TestRedis.CLIENT, TestRedis.URI)
                        .namespace(namespace)
                        .build();
                RedisStore there = RedisStore.builder(TestRedis.CLIENT, TestRedis.URI)
                        .namespace(namespace)
                        .build()) {
            VersionedMap one = here.map("profiles");
            VersionedMap two = there.map("profiles");
            assertThat(two.read(0, PATIENCE)).isEqualTo(new Contents(0, 0, Map.of()));
            put(one, one.nameOf(null, BOB), "a:b=c \u20ac\n");
            put(one, one.nameOf(ACME, BOB), "in acme");
            Contents contents = two.read(0, PATIENCE);
            assertThat(contents.version()).isEqualTo(2);
            assertThat(contents.entries())
                    .containsEntry(two.nameOf(null, BOB), new Entry(1, "a:b=c \u20ac\n", Long.MAX_VALUE))
                    .containsEntry(two.nameOf(ACME, BOB), new Entry(2, "in acme", Long.MAX_VALUE))
                    .hasSize(2);
            assertThat(two.read(2, PATIENCE)).as("nothing new").isEqualTo(new Contents(2, 0, Map.of()));
            assertThat(two.put(two.nameOf(null, BOB), null, 0, PATIENCE)).isTrue();
            assertThat(one.read(2, PATIENCE).lastRemoval()).isEqualTo(3);
            assertThat(one.read(2, PATIENCE).entries()).containsOnlyKeys(one.nameOf(ACME, BOB));
            assertThat(there.map("blocks").read(0, PATIENCE).version()).isZero();
        }
    }

    @Test
    void entryWithAnEnd_endsByTheTimeOfRedis() throws IOException {
        ManualClock clock = new ManualClock();
        try (TestRedis.Timed timed = TestRedis.timed(clock);
                Resp redis = TestRedis.SERVER.connect()) {
            redis.text("SET", timed.store().keys().namespace() + "-clock", Long.toString(timed.millis()));
            VersionedMap map = timed.store().map("blocks");
            map.put("bob", "x", Duration.ofSeconds(10).toNanos(), PATIENCE);
            put(map, "eve", "y");
            assertThat(map.read(0, PATIENCE).entries().get("bob").leftNanos())
                    .isEqualTo(Duration.ofSeconds(10).toNanos());
            String later = Long.toString(timed.millis() + 9_999);
            redis.text("SET", timed.store().keys().namespace() + "-clock", later);
            assertThat(map.read(0, PATIENCE).entries().get("bob").leftNanos()).isEqualTo(1_000_000);
            redis.text("SET", timed.store().keys().namespace() + "-clock", Long.toString(timed.millis() + 10_000));
            assertThat(map.read(0, PATIENCE).entries()).containsOnlyKeys("eve");
        }
    }

    @Test
    void fullMap_saysSo_andMakesRoomOfWhatHasEnded() throws IOException {
        ManualClock clock = new ManualClock();
        try (TestRedis.Timed timed = TestRedis.timed(clock);
                Resp redis = TestRedis.SERVER.connect()) {
            String clockKey = timed.store().keys().namespace() + "-clock";
            redis.text("SET", clockKey, Long.toString(timed.millis()));
            VersionedMap map = timed.store().map("blocks");
            for (int i = 0; i < VersionedMap.MAX_ENTRIES; i++) {
                map.put("n" + i, "x", i == 5 ? Duration.ofSeconds(1).toNanos() : 0, PATIENCE);
            }
            put(map, "n1", "another value for a name that is there");
            assertThatThrownBy(() -> map.put("more", "x", 0, PATIENCE))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("10000");
            assertThat(map.read(0, PATIENCE).entries()).hasSize(VersionedMap.MAX_ENTRIES);
            redis.text("SET", clockKey, Long.toString(timed.millis() + 1_000));
            put(map, "more", "x");
            assertThat(map.read(0, PATIENCE).entries())
                    .hasSize(VersionedMap.MAX_ENTRIES)
                    .containsKey("more")
                    .doesNotContainKey("n5");
        }
    }

    @Test
    void manyWriters_loseNoChange() throws Exception {
        try (RedisStore store = TestRedis.builder().build()) {
            ExecutorService threads = Executors.newFixedThreadPool(8);
            try {
                List<Future<?>> done = new ArrayList<>();
                for (int thread = 0; thread < 8; thread++) {
                    String name = "t" + thread;
                    VersionedMap map = store.map("profiles");
                    done.add(threads.submit(() -> {
                        for (int i = 0; i < 50; i++) {
                            put(map, name + "-" + i, "v");
                        }
                    }));
                }
                for (Future<?> one : done) {
                    one.get();
                }
            } finally {
                threads.shutdownNow();
            }
            Contents contents = store.map("profiles").read(0, PATIENCE);
            assertThat(contents.version()).isEqualTo(400);
            assertThat(contents.entries().values().stream().map(Entry::version)).doesNotHaveDuplicates();
        }
    }

    @Test
    void nameOfACaller_isNotInRedis_andDiffersBySecret() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp redis = server.connect()) {
            RedisURI uri = RedisURI.create(server.uri());
            try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, uri)
                            .secret("s1")
                            .build();
                    RedisStore other = RedisStore.builder(TestRedis.CLIENT, uri)
                            .secret("s2")
                            .build()) {
                VersionedMap map = store.map("profiles");
                assertThat(map.nameOf(null, BOB))
                        .isNotEqualTo(other.map("profiles").nameOf(null, BOB));
                assertThat(Set.of(map.nameOf(null, BOB), map.nameOf(ACME, BOB), map.nameOf(null, ACME)))
                        .hasSize(3);
                assertThat(store.map("blocks").nameOf(null, BOB)).isNotEqualTo(map.nameOf(null, BOB));
                put(map, map.nameOf(ACME, BOB), "tier=pro");
                assertThat(redis.list("HGETALL", "weir:{weir}:profiles").toString())
                        .doesNotContain("must-not-be-found");
            }
        }
    }

    @Test
    void deadRedis_isAnAnswer() throws IOException {
        RedisServer server = RedisServer.start();
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            VersionedMap map = store.map("profiles");
            put(map, "bob", "x");
            server.close();
            assertThat(map.put("bob", "y", 0, Duration.ofMillis(100).toNanos())).isFalse();
            assertThat(map.read(0, Duration.ofMillis(100).toNanos())).isNull();
        } finally {
            server.close();
        }
    }

    @Test
    void garbageInRedis_isAnAnswer() throws IOException {
        try (RedisStore store = TestRedis.builder().build();
                Resp redis = TestRedis.SERVER.connect()) {
            String key = new String(store.keys().single("profiles"), StandardCharsets.US_ASCII);
            VersionedMap map = store.map("profiles");
            redis.command("HSET", key, "v", "7", "e:bob", "nonsense");
            assertThat(map.read(0, PATIENCE)).isNull();
            redis.command("DEL", key);
            redis.command("SET", key, "a string");
            assertThat(map.read(0, PATIENCE)).isNull();
            assertThat(map.put("bob", "x", 0, PATIENCE)).isFalse();
        }
    }
}
