// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.store.Action;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What happens first when a request ends that a rule counts by its answer and by its place among those in flight. */
class SettleOrderTest {

    private final FakeStore store = new FakeStore();

    @Test
    void answer_isChargedBeforeThePlaceInFlightIsFree() {
        List<Integer> releasedBefore = new ArrayList<>();
        store.fail(charge -> {
            if (charge.item(0).action() == Action.SETTLE) {
                releasedBefore.add(store.released.size());
            }
        });
        Configuration file = Configuration.parse(
                "weir.yaml", "rules: [{name: logins, per: ip, rate: 5/min, count: [401], concurrent: 1}]");
        try (RateLimiter limiter = RateLimiter.builder(file).store(store).build()) {
            Decision decision = limiter.decide(FakeRequest.get("/login"));
            assertThat(limiter.complete(decision, 401)).isTrue();
            assertThat(releasedBefore)
                    .as("places freed before the answer was charged")
                    .containsExactly(0);
            assertThat(store.released).hasSize(1);
            assertThat(limiter.inFlight()).isZero();
        }
    }
}
