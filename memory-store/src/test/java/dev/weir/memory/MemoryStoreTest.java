// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Rate;
import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import dev.weir.testkit.RateLimitStoreContract;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MemoryStoreTest implements RateLimitStoreContract {

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return new MemoryStore(maxKeys, clock);
    }

    /** Tokens times nanoseconds are more than a long holds. */
    @Test
    void waitForHalfABillion_isExact() {
        long day = Duration.ofDays(1).toNanos();
        long amount = 49_999;
        long capacity = 1_000_000_000;
        BucketLimit limit = new BucketLimit(List.of(new Rate(amount, day, capacity)), 0);
        BigInteger tokens = BigInteger.valueOf(500_000_000);
        for (long taken : new long[] {capacity, capacity - 1}) {
            try (MemoryStore store = new MemoryStore(10, new ManualClock())) {
                take(store, limit, taken);
                BigInteger missing = tokens.subtract(BigInteger.valueOf(capacity - taken));
                BigInteger wait = missing.multiply(BigInteger.valueOf(day))
                        .add(BigInteger.valueOf(amount - 1))
                        .divide(BigInteger.valueOf(amount));
                assertThat(take(store, limit, tokens.longValueExact()).waitNanos(0))
                        .isEqualTo(wait.longValueExact());
            }
        }
    }

    private static ChargeItem take(MemoryStore store, BucketLimit limit, long cost) {
        ChargeItem item = new ChargeItem(Action.TAKE, limit, "api", null, Key.EVERYONE, cost);
        store.charge(Charge.of(item), 0);
        return item;
    }

    @Test
    @Tag("heavy")
    void agreesWithTheModelInAHundredThousandSteps() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("MemoryStoreTest: seed " + seed);
        agree(100_000, seed);
    }
}
