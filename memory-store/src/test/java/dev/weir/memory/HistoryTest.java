// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.store.RateLimitStore;
import dev.weir.testkit.HistoryContract;
import dev.weir.testkit.ManualClock;
import dev.weir.time.TimeSource;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract's history, for ten seconds: of a table that has room for all keys, and of one where keys come and go. */
@Tag("heavy")
class HistoryTest implements HistoryContract {

    private static final Duration LENGTH = Duration.ofSeconds(10);

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return new MemoryStore(maxKeys, clock);
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 40})
    void history_byTheRealClockIsWithinAllLimits(long maxKeys) {
        check(new MemoryStore(maxKeys, TimeSource.system()), TimeSource.system());
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 40})
    void history_byAClockThatOverflowsIsWithinAllLimits(long maxKeys) {
        ManualClock clock = new ManualClock();
        check(new MemoryStore(maxKeys, clock), clock);
    }

    private void check(MemoryStore store, TimeSource time) {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("HistoryTest: seed " + seed + ", " + store.maxKeys() + " keys");
        try (store) {
            long charges = history(store, time, LENGTH, seed);
            System.out.println("HistoryTest: " + charges + " charges");
            assertThat(store.keys()).isLessThanOrEqualTo(store.maxKeys());
        }
    }
}
