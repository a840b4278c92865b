// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import dev.weir.testkit.RateLimitStoreContract;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RedisStoreTest implements RateLimitStoreContract {

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return TestRedis.timed(clock);
    }

    @Override
    public Duration clockResolution() {
        return Duration.ofMillis(1);
    }

    @Test
    @Tag("heavy")
    void agreesWithTheModelInFiftyThousandSteps() {
        long seed = Long.getLong("weir.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("RedisStoreTest: seed " + seed);
        agree(50_000, seed);
    }
}
