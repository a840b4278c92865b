// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import dev.weir.testkit.RateLimitStoreContract;
import org.junit.jupiter.api.Test;

class MemoryStoreTest implements RateLimitStoreContract {

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return new MemoryStore(maxKeys, clock);
    }

    @Test
    void agreesWithTheModelInAHundredThousandSteps() {
        long seed = System.nanoTime();
        System.out.println("MemoryStoreTest: seed " + seed);
        agree(100_000, seed);
    }
}
