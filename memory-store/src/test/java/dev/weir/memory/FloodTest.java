// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static dev.weir.memory.Crowd.admits;
import static dev.weir.memory.Crowd.bucket;
import static dev.weir.memory.Crowd.take;
import static dev.weir.memory.Crowd.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Verdict;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Ten million keys against a table of one million, from three threads, while a fourth goes on with those who were there
 * before. The clock stands still for 100,000 keys and then moves on by two seconds, so that nothing depends on how fast
 * this machine is.
 */
@Tag("heavy")
class FloodTest {

    private static final int MAX_KEYS = Integer.getInteger("weir.flood.max-keys", 1_000_000);
    private static final int SLICES = 100;
    private static final int KEYS_PER_SLICE = 10 * MAX_KEYS / SLICES;
    private static final int FLOODERS = 3;
    private static final int EXHAUSTED = MAX_KEYS / 100;
    private static final int REGULARS = 1_000;
    private static final Duration SLICE = Duration.ofSeconds(2);

    /** Two tokens come back in each slice, which is what a regular takes. */
    private static final BucketLimit MINUTE = bucket(60, Duration.ofMinutes(1));

    /** None comes back while the flood lasts. */
    private static final BucketLimit DAY = bucket(20, Duration.ofDays(1));

    private static final int ONE_IN = 20;

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(MAX_KEYS, clock);
    private final AtomicLong admitted = new AtomicLong();
    private long heapWhenFull;

    @Test
    void tenTimesMaxKeys_leaveMemoryRegularsAndExhaustedBucketsAlone() throws Exception {
        for (int i = 0; i < EXHAUSTED; i++) {
            assertThat(admits(store, take(DAY, user("exhausted" + i), 20))).isTrue();
        }
        takeTheProtectedHalf();
        regulars();
        for (int slice = 0; slice < SLICES; slice++) {
            clock.advance(SLICE);
            flood(slice);
            if (heapWhenFull == 0 && store.keys() == MAX_KEYS) {
                heapWhenFull = Crowd.heap();
            }
        }
        long heapAtTheEnd = Crowd.heap();
        whatTheClockGaveIsThereAndNoMore();
        System.out.printf(
                "FloodTest: heap %,d B when full, %,d B after ten times as many keys; %,d of %,d admitted%n",
                heapWhenFull, heapAtTheEnd, admitted.get(), (long) SLICES * KEYS_PER_SLICE);
        assertThat(heapWhenFull).as("the table has been full").isPositive();
        assertThat(heapAtTheEnd).as("heap at the end").isBetween(heapWhenFull * 9 / 10, heapWhenFull * 11 / 10);
        assertThat(admitted.get())
                .as("the flood did get what places there were")
                .isGreaterThan(MAX_KEYS * 4L / 10);
    }

    /** Enemies come in two different seconds, so that only the rule of the last three seconds is left for the regulars. */
    private void takeTheProtectedHalf() {
        for (int second = 0; second < 2; second++) {
            for (int i = 0; i < MAX_KEYS / 2; i++) {
                admits(store, take(DAY, user("early" + i), 20));
            }
            clock.advance(SLICE);
        }
    }

    private void flood(int slice) throws Exception {
        Crowd.together(FLOODERS + 1, thread -> {
            if (thread == FLOODERS) {
                regulars();
                return;
            }
            long passed = 0;
            for (int i = thread; i < KEYS_PER_SLICE; i += FLOODERS) {
                BucketLimit limit = i % ONE_IN == 0 ? DAY : MINUTE;
                boolean all = admits(store, take(limit, user("flood" + slice + "-" + i), limit.capacity(0)));
                passed += all ? 1 : 0;
            }
            admitted.addAndGet(passed);
        });
    }

    /** Those who come every two seconds have buckets of their own all the time, and the exhausted ones stay so. */
    private void regulars() {
        for (int i = 0; i < REGULARS; i++) {
            ChargeItem item = take(MINUTE, user("regular" + i), 2);
            store.charge(Charge.of(item), 0);
            assertThat(item.verdict()).as("regular %s", i).isEqualTo(Verdict.PASSED);
            assertThat(item.available(0)).as("left to regular %s", i).isEqualTo(58);
            if (i < EXHAUSTED) {
                assertThat(admits(store, take(DAY, user("exhausted" + i), 1))).isFalse();
            }
            assertThat(store.keys()).as("keys").isLessThanOrEqualTo(MAX_KEYS);
        }
    }

    private void whatTheClockGaveIsThereAndNoMore() {
        for (int i = 0; i < EXHAUSTED; i++) {
            assertThat(admits(store, take(DAY, user("exhausted" + i), 1)))
                    .as("exhausted %s", i)
                    .isFalse();
        }
        clock.advance(Duration.ofDays(1).dividedBy(20).minus(SLICE.multipliedBy(SLICES + 2)));
        for (int i = 0; i < EXHAUSTED; i++) {
            assertThat(admits(store, take(DAY, user("exhausted" + i), 1))).isTrue();
            assertThat(admits(store, take(DAY, user("exhausted" + i), 1))).isFalse();
        }
        for (int i = 0; i < EXHAUSTED; i++) {
            assertThat(admits(store, take(MINUTE, user("newcomer" + i), 60)))
                    .as("a place of his own for newcomer %s, now that the flood is over", i)
                    .isTrue();
        }
    }
}
