// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.SECOND;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of one item at the borders: of a capacity, of the largest numbers, and of what a clock can count.
 *
 * @since 0.1
 */
public interface ItemBorderContract extends StoreFixture {

    /** From each level each cost is decided rightly: the last that fits, the first that does not, the first that never will. */
    @Test
    default void border_ofEachCostIsExact() {
        List<Limit> limits = limits(
                bucket(10, MINUTE),
                bucket(0, rate(10, MINUTE), rate(30, MINUTE)),
                rolling(10, MINUTE),
                rolling(0, rate(10, MINUTE), rate(30, MINUTE)));
        for (Limit limit : limits) {
            for (long level = 0; level <= 10; level++) {
                for (long cost : new long[] {1, level, level + 1, 9, 10, 11, 12, 30, 31, Long.MAX_VALUE}) {
                    if (cost > 0) {
                        decidesAtTheBorder(limit, level, cost);
                    }
                }
            }
        }
    }

    /** A million millions a day are counted to the last one, and waited for to the nanosecond. */
    @Test
    default void border_ofTheLargestBucketIsExact() {
        long most = 1_000_000_000_000L;
        BucketLimit limit = bucket(0, rate(most, Duration.ofDays(1)));
        try (Rig rig = new Rig(this)) {
            assertEquals(1, rig.ask(Action.TAKE, limit, most - 1).available(0));
            rig.assertWaitIsExact(rig.ask(Action.TAKE, limit, most / 2));
            rig.advance(Duration.ofDays(1));
            assertTrue(rig.takes(limit, most));
            ChargeItem refused = rig.ask(Action.TAKE, limit, most);
            assertEquals(Duration.ofDays(1).toNanos(), refused.waitNanos());
            rig.assertResetIsExact(limit, 0);
            assertEquals(
                    Verdict.IMPOSSIBLE, rig.ask(Action.TAKE, limit, most + 1).verdict());
            rig.ask(Action.SETTLE, limit, Long.MAX_VALUE);
            assertEquals(Duration.ofDays(2).toNanos(), rig.look(limit).resetNanos(0));
            rig.advance(Duration.ofDays(36_525));
            assertTrue(rig.takes(limit, most));
        }
    }

    /** A capacity far above the rate is counted to the last one, too. */
    @Test
    default void border_ofTheLargestBurstIsExact() {
        long most = 1_000_000_000_000L;
        BucketLimit limit = bucket(0, rate(1000, SECOND, most));
        try (Rig rig = new Rig(this)) {
            assertEquals(1, rig.ask(Action.TAKE, limit, most - 1).available(0));
            assertTrue(rig.takes(limit, 1));
            ChargeItem refused = rig.ask(Action.TAKE, limit, most);
            assertEquals(SECOND.multipliedBy(most / 1000).toNanos(), refused.waitNanos());
            rig.assertWaitIsExact(refused);
        }
    }

    /** A reading of the clock that has overflowed is later than those before it. */
    @Test
    default void border_ofTheClockIsCrossed() {
        for (Limit limit : limits(bucket(5, Duration.ofSeconds(5)), rolling(5, Duration.ofSeconds(5)))) {
            try (Rig rig = new Rig(this)) {
                while (rig.clock.nanoTime() > 0) {
                    assertTrue(rig.takes(limit, 1));
                    rig.advance(SECOND);
                }
                assertTrue(rig.takes(limit, 1), "as much has come back as was taken");
                rig.burst(limit);
                rig.assertWaitIsExact(rig.ask(Action.TAKE, limit, 2));
            }
        }
    }

    /** After nearly 300 years, when a clock has counted all the nanoseconds that it can, nothing is different. */
    @Test
    default void border_ofWhatAClockCanCountIsReached() {
        for (Limit limit : limits(bucket(500, SECOND), bucket(20, MINUTE), rolling(10, SECOND))) {
            try (Rig rig = new Rig(this)) {
                assertEquals(limit.capacity(0), rig.burst(limit));
                rig.advance(Duration.ofNanos(Long.MAX_VALUE).minus(MINUTE));
                assertEquals(limit.capacity(0), rig.burst(limit));
                rig.assertWaitIsExact(rig.take(limit));
            }
        }
    }

    private void decidesAtTheBorder(Limit limit, long level, long cost) {
        try (Rig rig = new Rig(this)) {
            if (level < 10) {
                assertTrue(rig.takes(limit, 10 - level));
            }
            ChargeItem item = rig.ask(Action.TAKE, limit, cost);
            Verdict expected = cost > 10 ? Verdict.IMPOSSIBLE : cost > level ? Verdict.REFUSED : Verdict.PASSED;
            assertEquals(expected, item.verdict(), () -> cost + " from " + level + " of " + limit);
            assertEquals(expected == Verdict.PASSED ? level - cost : level, item.available(0));
        }
    }
}
