// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import dev.weir.testkit.OneBucketContract;
import java.time.Duration;

class CompareAndSwapStoreTest implements OneBucketContract {

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return TestRedis.timedSwaps(clock);
    }

    @Override
    public Duration clockResolution() {
        return Duration.ofMillis(1);
    }
}
