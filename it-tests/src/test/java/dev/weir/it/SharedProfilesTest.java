// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.redisrig.RedisServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;

/** Profiles and blocks that are set on one instance count on all. */
class SharedProfilesTest {

    private static final Identity BOB = Identity.of(null, "bob");
    private static final Identity BOB_OF_ACME = Identity.of("acme", "bob");

    /** A second is what is promised; a busy machine may take longer to run the thread that keeps the promise. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static RateLimiter instance(RedisServer server) {
        return RateLimiter.builder(Configuration.parse(
                        "weir.yaml", "store: {type: redis, redis: {uri: \"" + server.uri() + "\", deadline: 1s}}"))
                .build();
    }

    private static long limit(RateLimiter limiter) {
        Decision decision = limiter.peek(BOB, "GET", "/");
        return decision.rates().isEmpty() ? -1 : decision.rates().get(0).limit();
    }

    private static boolean isBlocked(RateLimiter limiter, Identity who) {
        return limiter.peek(who, "GET", "/").status() == Decision.Status.BLOCKED;
    }

    private static ConditionFactory soon() {
        return await().atMost(PATIENCE).pollInterval(Duration.ofMillis(10));
    }

    private static void soon(Callable<Boolean> condition) {
        soon().until(condition);
    }

    @Test
    void profile_countsOnAllInstances_andIsTakenBackOnAll() throws IOException {
        try (RedisServer server = RedisServer.start();
                RateLimiter here = instance(server);
                RateLimiter there = instance(server)) {
            here.profiles().put(BOB, Profile.ofTier("pro").withRate("requests", Quota.perMinute(77)));
            assertThat(limit(here)).isEqualTo(77);
            soon(() -> limit(there) == 77);
            there.profiles().put(BOB, Profile.ofTier("basic"));
            soon(() -> limit(here) == 60);
            try (RateLimiter later = instance(server)) {
                assertThat(limit(later))
                        .as("of an instance that was started later")
                        .isEqualTo(60);
            }
            here.profiles().remove(BOB);
            assertThat(limit(here)).isEqualTo(20);
            soon(() -> limit(there) == 20);
        }
    }

    @Test
    void block_countsOnAllInstances_outlivesAnOutage_andEnds() throws IOException {
        try (RedisServer server = RedisServer.start();
                RateLimiter here = instance(server);
                RateLimiter there = instance(server)) {
            here.profiles().block(BOB, "Repeated abuse");
            assertThat(isBlocked(here, BOB_OF_ACME)).isTrue();
            soon(() -> isBlocked(there, BOB_OF_ACME));
            assertThat(there.peek(BOB, "GET", "/").blockReason()).contains("Repeated abuse");

            server.freeze();
            here.profiles().block(BOB_OF_ACME, "while Redis hangs");
            assertThat(here.profiles().unblock(BOB)).isTrue();
            assertThat(isBlocked(here, BOB)).isFalse();
            assertThat(isBlocked(here, BOB_OF_ACME)).isTrue();
            assertThat(isBlocked(there, BOB))
                    .as("what was known goes on counting")
                    .isTrue();
            server.thaw();
            soon(() -> !isBlocked(there, BOB));
            soon(() -> isBlocked(there, BOB_OF_ACME));

            here.profiles().block(BOB, "for a while", Duration.ofSeconds(2));
            soon(() -> isBlocked(there, BOB));
            soon(() -> !isBlocked(there, BOB) && !isBlocked(here, BOB));
        }
    }
}
