// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.LimitAssertions;
import dev.weir.testkit.ManualClock;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** A profile that is loaded while its caller has begun a bucket with the numbers of the default tier. */
class LoadedProfileTest {

    private final Queue<Runnable> waiting = new ArrayDeque<>();

    @Test
    void loadedNumbers_countInTheBucketThatTheDefaultTierBegan() {
        ProfileSource source = new ProfileSource() {
            @Override
            public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                return Optional.of(Profile.ofTier("pro"));
            }
        };
        Configuration file = Configuration.parse("weir.yaml", "rules: [{name: api, rate: requests}]");
        try (RateLimiter limiter = RateLimiter.builder(file)
                .time(new ManualClock())
                .profileSource(source)
                .executor(waiting::add)
                .build()) {
            FakeRequest hello = FakeRequest.get("/api/hello").user("bob");
            LimitAssertions.assertAdmitted(limiter, hello);
            waiting.remove().run();

            assertThat(limiter.decide(hello).rates().get(0).remaining())
                    .as("120 less the two that were taken")
                    .isEqualTo(118);
            LimitAssertions.assertAdmitsExactly(118, limiter, hello);
        }
    }
}
