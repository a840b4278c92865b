// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.SecurityPolicy;
import dev.weir.config.Configuration;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The four tiers, at each of their numbers and one past it. */
class TierNumbersTest {

    private final ManualClock clock = new ManualClock();
    private RateLimiter limiter;

    @AfterEach
    void close() {
        limiter.close();
    }

    /** Of a user of a tier; the rate of starts stands in nobody's way. */
    private SecurityPolicy policy(String tier, String rules) {
        limiter = RateLimiter.builder(Configuration.parse(
                        "weir.yaml",
                        "{admission: {start-rate: 10000/s}, profiles: {users: {bob: {tier: " + tier + "}}}" + rules
                                + "}"))
                .time(clock)
                .build();
        return limiter.securityPolicy();
    }

    @ParameterizedTest
    @CsvSource({"free, 2", "basic, 5", "pro, 10", "enterprise, 50"})
    void servicesAtOnce(String tier, int most) {
        SecurityPolicy policy = policy(tier, "");
        assertThat(policy.profile("bob").concurrentServices()).isEqualTo(most);
        for (int i = 0; i < most; i++) {
            assertThat(policy.tryStart("bob", "service-" + i, Ask.nothing()).isAllowed())
                    .as("service " + i)
                    .isTrue();
        }
        StartAnswer answer = policy.tryStart("bob", "one-more", Ask.nothing());
        assertThat(answer.reason()).isEqualTo("Concurrent service limit reached (" + most + "/" + most + ")");
        assertThat(policy.services("bob")).isEqualTo(most);
        policy.end("bob", "service-0");
        assertThat(policy.tryStart("bob", "one-more", Ask.nothing()).isAllowed())
                .as("in the place of one that has ended")
                .isEqualTo(true);
    }

    @ParameterizedTest
    @CsvSource({"free, 5", "basic, 20", "pro, 50", "enterprise, 200"})
    void startsInAnHour(String tier, int most) {
        SecurityPolicy policy = policy(tier, "");
        for (int i = 0; i < most; i++) {
            policy.start("bob", "service", Ask.nothing()).close();
        }
        StartAnswer answer = policy.tryStart("bob", "service", Ask.nothing());
        assertThat(answer.reason())
                .isEqualTo("Hourly service limit reached (" + most + "/" + most + "). Retry in 60 min");
        assertThat(policy.startedInTheLastHour("bob")).isEqualTo(most);
        clock.advance(Duration.ofHours(1).minusNanos(1));
        assertThat(policy.check("bob", "service", Ask.nothing()).isAllowed()).isFalse();
        clock.advance(Duration.ofNanos(1));
        assertThat(policy.check("bob", "service", Ask.nothing()).isAllowed()).isTrue();
        assertThat(policy.startedInTheLastHour("bob")).isZero();
    }

    @ParameterizedTest
    @CsvSource({"free, 256, 25", "basic, 512, 50", "pro, 2048, 80", "enterprise, 8192, 100"})
    void memoryAndCpuOfOneStart(String tier, long megabytes, long percent) {
        SecurityPolicy policy = policy(tier, "");
        Ask most = Ask.nothing().withMemoryMb(megabytes).withCpuPercent(percent);
        assertThat(policy.check("bob", "s", most).isAllowed()).isTrue();
        assertThat(policy.check("bob", "s", most.withMemoryMb(megabytes + 1)).reason())
                .isEqualTo("Memory limit exceeded (" + (megabytes + 1) + " MB asked, " + megabytes + " MB granted)");
        assertThat(policy.check("bob", "s", most.withCpuPercent(percent + 1)).reason())
                .isEqualTo("CPU limit exceeded (" + (percent + 1) + " % asked, " + percent + " % granted)");
    }

    @ParameterizedTest
    @CsvSource({"free, 20", "basic, 60", "pro, 120", "enterprise, 500"})
    void requestsInAMinute(String tier, int most) {
        policy(tier, "");
        FakeRequest request = FakeRequest.get("/").user("bob");
        for (int i = 0; i < most; i++) {
            assertThat(limiter.decide(request).isAdmitted()).as("request " + i).isTrue();
        }
        assertThat(limiter.decide(request).isAdmitted()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"free, 20", "basic, 40", "pro, 80", "enterprise, 200"})
    void requestsInFlight(String tier, int most) {
        policy(tier, ", rules: [{name: all, per: user, concurrent: requests}]");
        FakeRequest request = FakeRequest.get("/").user("bob");
        Decision first = limiter.decide(request);
        for (int i = 1; i < most; i++) {
            assertThat(limiter.decide(request).isAdmitted()).as("request " + i).isTrue();
        }
        assertThat(limiter.decide(request).isAdmitted()).isFalse();
        limiter.complete(first, 200);
        assertThat(limiter.decide(request).isAdmitted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"free, 0", "basic, 1", "pro, 2", "enterprise, 3"})
    void priority(String tier, int priority) {
        assertThat(policy(tier, "").profile("bob").priority()).isEqualTo(priority);
    }
}
