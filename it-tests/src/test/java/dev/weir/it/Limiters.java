// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.testkit.ManualClock;
import java.time.Duration;

/** Makes limiters for tests: from a few lines of YAML, with a clock that stands still. */
final class Limiters {

    /** Believes X-User and X-Tenant of a caller on this machine, so that tests can be anybody. */
    static final String ANYBODY = """
            identity:
              tenant: [{header: X-Tenant, trusted-peers: [127.0.0.1/32]}]
              user: [{header: X-User, trusted-peers: [127.0.0.1/32]}]
            """;

    private Limiters() {}

    static RateLimiterBuilder builder(String yaml) {
        return RateLimiter.builder(Configuration.parse("test.yaml", yaml)).time(new ManualClock());
    }

    static RateLimiter of(String yaml) {
        return builder(yaml).build();
    }

    static Identity user(String name) {
        return Identity.of(null, name);
    }

    /** What a user has left of the tightest rate for a GET of a path. */
    static long remaining(RateLimiter limiter, String user, String path) {
        return limiter.peek(user(user), "GET", path).tightest().orElseThrow().remaining();
    }

    static void awaitNothingInFlight(RateLimiter limiter) {
        await().dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(10))
                .pollInterval(Duration.ofMillis(5))
                .untilAsserted(() -> assertThat(limiter.inFlight()).isZero());
    }
}
