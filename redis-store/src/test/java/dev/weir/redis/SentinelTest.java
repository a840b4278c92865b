// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.redisrig.RedisSentinel;
import dev.weir.redisrig.RedisServer;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A master that changes: its sentinel tells the limiter where it is today. */
@Tag("heavy")
class SentinelTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int CAPACITY = Outage.CAPACITY;

    private final AtomicInteger canaries = new AtomicInteger();
    private RedisSentinel redis;

    @BeforeEach
    void start() throws IOException {
        redis = RedisSentinel.start(Duration.ofMillis(500));
        await().atMost(PATIENCE).until(() -> redis.hasCopied(redis.second()));
    }

    @AfterEach
    void end() {
        redis.close();
    }

    private RateLimiter limiter() {
        return Outage.limiter("redis", "redis: {uri: \"" + redis.uri() + "\", deadline: 250ms, instances: 1}");
    }

    private void awaitShared(RateLimiter limiter) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
            var decision = limiter.decide(FakeRequest.get("/").header("User", "canary" + canaries.incrementAndGet()));
            limiter.complete(decision, 200);
            return !decision.isDegraded();
        });
    }

    private static int admitted(RateLimiter limiter, int times) {
        int admitted = 0;
        for (int i = 0; i < times; i++) {
            var decision = limiter.decide(FakeRequest.get("/").header("User", "fred"));
            limiter.complete(decision, 200);
            admitted += decision.isAdmitted() ? 1 : 0;
        }
        return admitted;
    }

    private void awaitMaster(RedisServer expected) {
        await().atMost(PATIENCE).until(() -> redis.isMaster(expected));
    }

    /** Acknowledged writes that were not copied yet may be lost, which gives out a capacity once more at most. */
    @Test
    void masterThatIsKilled_isFollowedByItsReplica() throws IOException {
        try (RateLimiter limiter = limiter()) {
            awaitShared(limiter);
            assertThat(admitted(limiter, 5)).isEqualTo(5);
            redis.first().kill();
            int during = admitted(limiter, CAPACITY);
            awaitMaster(redis.second());
            awaitShared(limiter);
            int after = admitted(limiter, 2 * CAPACITY);
            assertThat(5 + during + after)
                    .as("the limit, one share of it, and what was not copied")
                    .isLessThanOrEqualTo(3 * CAPACITY);
            assertThat(admitted(limiter, 3)).isZero();
        }
    }

    /** The old master lives on as a replica, and its connections with it: a charge there is refused as read-only. */
    @Test
    void masterThatBecomesAReplica_isLeft() throws IOException {
        try (RateLimiter limiter = limiter()) {
            awaitShared(limiter);
            RedisServer master = redis.first();
            for (int i = 0; i < 5; i++) {
                RedisServer next = master == redis.first() ? redis.second() : redis.first();
                await().atMost(PATIENCE)
                        .ignoreExceptions() // it refuses for a while after the last one
                        .until(redis::failover);
                awaitMaster(next);
                awaitShared(limiter);
                assertThat(next.ask("DBSIZE")).as("keys where the master is").isNotEqualTo("0");
                master = next;
            }
            assertThat(admitted(limiter, 2 * CAPACITY)).isEqualTo(CAPACITY);
        }
    }

    @Test
    void sentinelThatComesLater_isFound() throws IOException {
        redis.sentinel().kill();
        try (RateLimiter limiter = limiter()) {
            assertThat(admitted(limiter, 1)).as("goes on in memory").isEqualTo(1);
            redis.sentinel().restart();
            awaitShared(limiter);
        }
    }
}
