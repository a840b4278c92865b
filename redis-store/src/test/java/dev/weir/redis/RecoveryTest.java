// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Instances that lose Redis together come back to it without a storm. */
@Tag("heavy")
class RecoveryTest {

    private static final int INSTANCES = 4;
    private static final int SECONDS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A handshake that nobody answers is given up after a second, and only then comes the next. */
    private static final int MOST_TRIES = SECONDS + 1;

    private final AtomicInteger canaries = new AtomicInteger();

    private boolean isShared(RateLimiter limiter) {
        var decision = limiter.decide(FakeRequest.get("/").header("User", "canary" + canaries.incrementAndGet()));
        limiter.complete(decision, 200);
        return !decision.isDegraded();
    }

    private void awaitShared(List<RateLimiter> limiters) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> limiters.stream().allMatch(this::isShared));
    }

    /** A hole takes connections and says nothing: whoever opened another while one is under way would have many by now. */
    @Test
    void instances_haveOneConnectionUnderWayEach() throws IOException {
        List<RateLimiter> limiters = new ArrayList<>();
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            for (int i = 0; i < INSTANCES; i++) {
                limiters.add(Outage.limiter(
                        "redis",
                        "redis: {uri: \"" + proxy.uri() + "\", deadline: 250ms, instances: " + INSTANCES + "}"));
            }
            awaitShared(limiters);
            assertThat(proxy.open()).isEqualTo(INSTANCES);
            long before = proxy.accepted();
            proxy.blackhole();
            proxy.cut();
            long end = System.nanoTime() + Duration.ofSeconds(SECONDS).toNanos();
            while (System.nanoTime() - end < 0) {
                limiters.forEach(this::isShared);
            }
            long tries = proxy.accepted() - before;
            System.out.printf("RecoveryTest: %d tries of %d instances in %d s%n", tries, INSTANCES, SECONDS);
            assertThat(tries).isBetween((long) INSTANCES, (long) INSTANCES * MOST_TRIES);
            proxy.pass();
            awaitShared(limiters);
            await().atMost(PATIENCE).until(() -> proxy.open() == INSTANCES);
            assertThat(proxy.accepted() - before - tries)
                    .as("connections that the recovery took")
                    .isLessThanOrEqualTo(2L * INSTANCES);
        } finally {
            limiters.forEach(RateLimiter::close);
        }
    }
}
