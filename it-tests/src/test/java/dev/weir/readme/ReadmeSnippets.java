// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import static dev.weir.testkit.LimitAssertions.assertAdmitsExactly;
import static dev.weir.testkit.LimitAssertions.assertRefusedFor;

import dev.weir.QuotaLimiter;
import dev.weir.RateLimiter;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalySummary;
import dev.weir.anomaly.AnomalyType;
import dev.weir.identity.Identity;
import dev.weir.identity.RateLimitKeyResolver;
import dev.weir.identity.RateLimitRequest;
import dev.weir.plan.Quota;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import jakarta.servlet.ServletContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The README's code, so that it compiles and runs. {@code ReadmeTest} checks that each snippet stands here. */
final class ReadmeSnippets {

    private final List<Duration> waits = new ArrayList<>();

    RateLimiter inCode(ServletContext servletContext) {
        RateLimiter limiter = RateLimiter.from(Path.of("weir.yaml")); // reads, checks, opens the store
        RateLimitFilter.register(servletContext, limiter); // every path, async-supported, requests only
        return limiter;
    }

    RateLimiter whoIsCalling() {
        RateLimitKeyResolver mine = request -> Identity.of(tenantOf(request), userOf(request));
        RateLimiter limiter =
                RateLimiter.builder(Path.of("weir.yaml")).resolver(mine).build();
        return limiter;
    }

    List<Duration> anythingElse(int times) {
        QuotaLimiter perUser = QuotaLimiter.of(Quota.perMinute(60).burst(10));
        for (int i = 0; i < times; i++) {
            if (!perUser.tryConsume("user123")) {
                retryIn(perUser.timeToWait("user123"));
            }
        }
        return waits;
    }

    List<Object> whoMisbehaves(RateLimiter limiter) {
        List<Anomaly> last = limiter.anomalies().recent(); // byUser("user123"), byType(AnomalyType.RATE_LIMIT_EXCEEDED)
        AnomalySummary day = limiter.anomalies().summary(); // totalCount(), byType(), bySeverity(), topUsers()
        Anomaly mine = limiter.anomalies()
                .record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS)
                        .user("user123")
                        .details("Wrong PIN three times"));
        return List.of(last, day, mine);
    }

    void testYourLimits() {
        ManualClock clock = new ManualClock();
        RateLimiter limiter =
                RateLimiter.builder(Path.of("weir.yaml")).time(clock).build();
        FakeRequest hello = FakeRequest.get("/api/hello").user("fred");

        assertAdmitsExactly(20, limiter, hello);
        assertRefusedFor(Duration.ofSeconds(3), limiter, clock, hello);
    }

    private void retryIn(Duration wait) {
        waits.add(wait);
    }

    private static String tenantOf(RateLimitRequest request) {
        return request.header("Tenant");
    }

    private static String userOf(RateLimitRequest request) {
        return request.header("User");
    }
}
