// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.redisrig.RedisServer;
import dev.weir.testkit.FakeRequest;
import io.netty.util.internal.InternalThreadLocalMap;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A limiter that ends leaves nothing behind, and in time, as containers ask who deploy an application again and again. */
class CloseTest {

    private static final Duration MOST = Duration.ofSeconds(3);

    private static RateLimiter limiter(RedisServer server) {
        return RateLimiter.builder(Configuration.parse(
                        "close.yaml",
                        "store: {type: redis, redis: {uri: \"" + server.uri()
                                + "\", deadline: 1s}}\nrules: [{name: api, rate: 100000/min, concurrent: 10}]"))
                .build();
    }

    private static void use(RateLimiter limiter) {
        var decision = limiter.decide(FakeRequest.get("/"));
        assertThat(decision.isDegraded()).isFalse();
        limiter.complete(decision, 200);
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
