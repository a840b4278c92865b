// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static dev.weir.memory.Crowd.admits;
import static dev.weir.memory.Crowd.take;
import static dev.weir.memory.Crowd.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.store.BucketLimit;
import dev.weir.store.Rate;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many overflow entries there are: 64 for each set of numbers that the operator gives out, whoever comes how often. */
class OverflowNumbersTest {

    private static final int SHARDS = 64;
    private static final long AMOUNT = 3;
    private static final int FLOOD = 200_000;
    private static final int SETS = 100;

    private final MemoryStore store = new MemoryStore(1, new ManualClock());

    private static BucketLimit limit(long capacity, long version) {
        return new BucketLimit(List.of(new Rate(AMOUNT, Duration.ofDays(1).toNanos(), capacity)), version);
    }

    @BeforeEach
    void fill() {
        assertThat(admits(store, take(limit(AMOUNT, 0), user("filler"), AMOUNT)))
                .isTrue();
    }

    private long flood(int sets, int versions) {
        long admitted = 0;
        for (int i = 0; i < FLOOD; i++) {
            BucketLimit limit = limit(AMOUNT + i % sets, i % versions);
            admitted += admits(store, take(limit, user("user" + i), AMOUNT)) ? 1 : 0;
        }
        return admitted;
    }

    @Test
    void versionsWithoutEnd_makeNoMoreOverflowEntries() {
        assertThat(flood(1, FLOOD)).isEqualTo(SHARDS);
    }

    @Test
    void setsOfNumbers_haveTheirShareEach_andNoMore() {
        long before = Crowd.heap();
        long admitted = flood(SETS, 1);
        long grown = Crowd.heap() - before;
        long capacities = 0;
        for (int i = 0; i < SETS; i++) {
            capacities += SHARDS * ((AMOUNT + i) / AMOUNT);
        }
        assertThat(admitted).isBetween(capacities / 2, capacities);
        assertThat(grown).as("bytes for 6,400 overflow entries").isLessThan(SETS * SHARDS * 1_000L);
    }
}
