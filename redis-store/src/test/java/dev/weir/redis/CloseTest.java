// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.testkit.FakeRequest;
import io.netty.util.internal.InternalThreadLocalMap;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A limiter that ends leaves nothing behind, and in time, as containers ask who deploy an application again and again. */
class CloseTest {

    private static final Duration MOST = Duration.ofSeconds(3);

    private static RateLimiter limiter(RedisServer server) {
        return limiter(server.uri());
    }

    private static RateLimiter limiter(String uri) {
        return RateLimiter.builder(Configuration.parse(
                        "close.yaml",
                        "store: {type: redis, redis: {uri: \"" + uri
                                + "\", deadline: 1s}}\nrules: [{name: api, rate: 100000/min, concurrent: 10}]"))
                .build();
    }

    private static void use(RateLimiter limiter) {
        assertThat(isDegraded(limiter)).isFalse();
    }

    private static boolean isDegraded(RateLimiter limiter) {
        var decision = limiter.decide(FakeRequest.get("/"));
        limiter.complete(decision, 200);
        return decision.isDegraded();
    }

    /** In a thread of its own, because others of this JVM have met Netty already. */
    private static <T> T inNewThread(Supplier<T> work) throws Exception {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Thread thread = new Thread(() -> answer.completeAsync(work, Runnable::run), "close-test");
        thread.start();
        return answer.get(60, TimeUnit.SECONDS);
    }

    @Test
    void thread_hasNothingOfNettysAfterwards() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            Boolean clean = inNewThread(() -> {
                limiter(server).close();
                return InternalThreadLocalMap.getIfSet() == null;
            });
            assertThat(clean).isTrue();
        }
    }

    @Test
    void threadOfARequest_hasNothingOfNettysAfterwards() throws Exception {
        try (RedisServer server = RedisServer.start();
                RateLimiter limiter = limiter(server)) {
            Boolean clean = inNewThread(() -> {
                use(limiter);
                return InternalThreadLocalMap.getIfSet() == null;
            });
            assertThat(clean).isTrue();
        }
    }

    @Test
    void threads_haveEnded() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            RateLimiter limiter = limiter(server);
            use(limiter);
            limiter.close();
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .doesNotContain("weir-store", "weir-redis-open", "weir-redis-close")
                    .noneMatch(name -> name.startsWith("globalEventExecutor"));
        }
    }

    @Test
    void redisThatHangs_isNotWaitedFor() throws IOException {
        try (RedisServer server = RedisServer.start()) {
            RateLimiter limiter = limiter(server);
            use(limiter);
            server.freeze();
            long start = System.nanoTime();
            limiter.close();
            Duration taken = Duration.ofNanos(System.nanoTime() - start);
            server.thaw();
            assertThat(taken).isLessThan(MOST);
        }
    }

    /** Hung for a moment, hung for so long that the breaker is open, and hung for longer than a connection is kept. */
    @Tag("heavy")
    @ParameterizedTest
    @ValueSource(ints = {0, 700, 2_500})
    void clusterThatHangs_isNotWaitedFor(int millis) throws IOException {
        try (RedisCluster cluster = RedisCluster.start(3)) {
            String uri = cluster.servers().stream()
                    .map(server -> server.uri().substring("redis://".length()))
                    .collect(Collectors.joining(",", "redis-cluster://", ""));
            closesInTime(uri, cluster.servers(), millis);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 700, 2_500})
    void sentinelAndItsMasterThatHang_areNotWaitedFor(int millis) throws IOException {
        try (RedisServer master = RedisServer.start();
                RedisServer sentinel =
                        RedisServer.builder().sentinelOf("main", master).start()) {
            String uri = "redis-sentinel://127.0.0.1:" + sentinel.port() + "#main";
            closesInTime(uri, List.of(master, sentinel), millis);
        }
    }

    private static void closesInTime(String uri, List<RedisServer> servers, int millis) throws IOException {
        RateLimiter limiter = limiter(uri);
        await().atMost(Duration.ofSeconds(30)).until(() -> !isDegraded(limiter));
        for (RedisServer server : servers) {
            server.freeze();
        }
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (System.nanoTime() - end < 0) {
            isDegraded(limiter);
        }
        try (Stall stall = new Stall()) {
            long start = System.nanoTime();
            limiter.close();
            long closed = System.nanoTime();
            Duration held = stall.between(start, closed);
            Duration taken = Duration.ofNanos(closed - start);
            System.out.printf(
                    "CloseTest: closed in %d ms, of which the machine took %d ms%n", taken.toMillis(), held.toMillis());
            assertThat(taken.minus(held)).isLessThan(MOST);
        }
        for (RedisServer server : servers) {
            server.thaw();
        }
    }

    @Test
    void whatGoesWrongAside_goesWrongForTheCaller() {
        assertThatThrownBy(() -> Aside.call("close-test", () -> {
                    throw new IllegalArgumentException("wanted by a test");
                }))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Aside.call("close-test", () -> {
                    throw new AssertionError("wanted by a test");
                }))
                .isInstanceOf(AssertionError.class);
    }

    /** A store that nobody gets would never be closed. */
    @Test
    void interrupt_isKeptForLater() {
        Thread.currentThread().interrupt();
        assertThat(Aside.call("close-test", () -> "made")).isEqualTo("made");
        assertThat(Thread.interrupted()).isTrue();
    }
}
