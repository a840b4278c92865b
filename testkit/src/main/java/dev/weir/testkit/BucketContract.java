// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.HOUR;
import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.SECOND;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.rate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of one token bucket.
 *
 * @since 0.1
 */
public interface BucketContract extends StoreFixture {

    /** 20 per minute gives 20 at once, counts down, and then asks for the three seconds that one token takes. */
    @Test
    default void bucket_admitsItsCapacityAtOnceAndNoMore() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(20, MINUTE);
            for (int left = 19; left >= 0; left--) {
                ChargeItem taken = rig.take(limit);
                assertEquals(Verdict.PASSED, taken.verdict());
                assertEquals(left, taken.available(0));
                assertEquals(0, taken.waitNanos());
                assertEquals(SECOND.multipliedBy(3L * (20 - left)).toNanos(), taken.resetNanos(0));
            }
            ChargeItem refused = rig.take(limit);
            assertEquals(Verdict.REFUSED, refused.verdict());
            assertEquals(0, refused.available(0));
            assertEquals(SECOND.multipliedBy(3).toNanos(), refused.waitNanos());
            assertEquals(MINUTE.toNanos(), refused.resetNanos(0));
        }
    }

    /** A lone caller who waits the stated time is admitted, and not earlier, even where a token takes a fraction. */
    @Test
    default void bucket_statesTheWaitExactly() {
        BucketLimit[] limits = {
            bucket(7, SECOND),
            bucket(60, MINUTE),
            bucket(0, rate(1, MINUTE, 3)),
            bucket(0, rate(999, HOUR, 11)),
            bucket(0, rate(3, SECOND, 5), rate(13, MINUTE))
        };
        for (BucketLimit limit : limits) {
            for (long cost = 1; cost <= 3; cost++) {
                try (Rig rig = new Rig(this)) {
                    rig.burst(limit);
                    rig.assertWaitIsExact(rig.ask(Action.TAKE, limit, cost));
                    rig.advance(Duration.ofMillis(1));
                    rig.assertWaitIsExact(rig.ask(Action.TAKE, limit, cost));
                }
            }
        }
    }

    /** The reset is when the bucket is full again, for each rate. */
    @Test
    default void bucket_statesTheResetExactly() {
        BucketLimit limit = bucket(0, rate(7, SECOND), rate(100, MINUTE));
        for (int rate = 0; rate < 2; rate++) {
            try (Rig rig = new Rig(this)) {
                assertTrue(rig.takes(limit, 5));
                rig.assertResetIsExact(limit, rate);
            }
        }
    }

    /** What is stated as left is what an immediate burst gets, neither more nor less. */
    @Test
    default void bucket_givesABurstWhatItStatedAsLeft() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(0, rate(10, SECOND, 30));
            for (long cost = 1; cost <= 30; cost += 7) {
                ChargeItem taken = rig.ask(Action.TAKE, limit, cost);
                assertEquals(taken.available(0), rig.burst(limit));
                rig.advance(Duration.ofMillis(3450));
            }
        }
    }

    /** Time gives back tokens evenly, and none above the capacity, however long it was. */
    @Test
    default void bucket_refillsWhileIdleUpToItsCapacity() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(20, MINUTE);
            rig.burst(limit);
            rig.advance(Duration.ofSeconds(8));
            assertEquals(2, rig.burst(limit));
            rig.advance(SECOND);
            assertEquals(1, rig.burst(limit), "the two thirds of a token from before must count");
            rig.advance(HOUR);
            assertEquals(20, rig.burst(limit));
        }
    }

    /** A century of idling overflows nothing. */
    @Test
    default void bucket_isWholeAfterAHundredYears() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(0, rate(500, SECOND), rate(1_000_000, Duration.ofDays(31)));
            rig.burst(limit);
            rig.advance(Duration.ofDays(36_525));
            ChargeItem looked = rig.look(limit);
            assertEquals(500, looked.available(0));
            assertEquals(1_000_000, looked.available(1));
            assertEquals(500, rig.burst(limit));
        }
    }

    /** All rates of a bucket hold at once, and each states its own numbers. */
    @Test
    default void bucket_holdsSeveralRatesAtOnce() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(0, rate(5, SECOND), rate(12, MINUTE));
            assertEquals(5, rig.burst(limit));
            ChargeItem refused = rig.take(limit);
            assertEquals(0, refused.available(0));
            assertEquals(7, refused.available(1));
            assertEquals(200_000_000, refused.waitNanos(0));
            assertEquals(0, refused.waitNanos(1));
            assertEquals(SECOND.toNanos(), refused.resetNanos(0));
            assertEquals(SECOND.multipliedBy(25).toNanos(), refused.resetNanos(1));
            rig.advance(SECOND);
            assertEquals(5, rig.burst(limit));
            rig.advance(SECOND);
            assertEquals(2, rig.burst(limit), "the second rate has 12 in all, and two seconds give back no whole one");
            ChargeItem again = rig.take(limit);
            assertEquals(3, again.available(0));
            assertEquals(0, again.waitNanos(0));
            assertEquals(SECOND.multipliedBy(3).toNanos(), again.waitNanos(1));
            assertEquals(again.waitNanos(1), again.waitNanos());
        }
    }

    /** What costs more than a capacity can never pass: it is impossible, and takes nothing. */
    @Test
    default void bucket_callsACostAboveACapacityImpossible() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(0, rate(10, SECOND), rate(20, MINUTE));
            ChargeItem item = item(Action.TAKE, limit, 11);
            assertEquals(Outcome.IMPOSSIBLE, rig.charge(item).outcome());
            assertEquals(Verdict.IMPOSSIBLE, item.verdict());
            assertEquals(Long.MAX_VALUE, item.waitNanos(0));
            assertEquals(Long.MAX_VALUE, item.waitNanos());
            assertEquals(10, item.available(0));
            assertEquals(20, item.available(1));
            assertFalse(rig.takes(limit, Long.MAX_VALUE));
            assertTrue(rig.takes(limit, 10), "nothing was taken, so all is there");
            assertEquals(Verdict.IMPOSSIBLE, rig.ask(Action.LOOK, limit, 11).verdict(), "empty or not");
        }
    }

    /** What is settled is taken without asking, down to minus the capacity and no further. */
    @Test
    default void bucket_isSettledDownToMinusItsCapacity() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(10, Duration.ofSeconds(10));
            ChargeItem first = rig.ask(Action.SETTLE, limit, 7);
            assertEquals(Verdict.PASSED, first.verdict());
            assertEquals(3, first.available(0));
            assertEquals(0, rig.ask(Action.SETTLE, limit, 7).available(0));
            assertEquals(Duration.ofSeconds(14).toNanos(), rig.look(limit).resetNanos(0));
            assertEquals(Duration.ofSeconds(5).toNanos(), rig.look(limit).waitNanos());
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Outcome.ADMITTED,
                        rig.charge(item(Action.SETTLE, limit, 8)).outcome());
                ChargeItem looked = rig.look(limit);
                assertEquals(0, looked.available(0));
                assertEquals(Duration.ofSeconds(20).toNanos(), looked.resetNanos(0));
                assertEquals(Duration.ofSeconds(11).toNanos(), looked.waitNanos());
            }
            rig.assertWaitIsExact(rig.take(limit));
        }
    }

    /** A rate that has reached its floor stops the others too, as all rates of a bucket are taken from alike. */
    @Test
    default void bucket_ofSeveralRatesIsSettledToTheFirstFloor() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(0, rate(2, SECOND), rate(60, MINUTE));
            rig.ask(Action.SETTLE, limit, 50);
            ChargeItem looked = rig.look(limit);
            assertEquals(Duration.ofSeconds(2).toNanos(), looked.resetNanos(0));
            assertEquals(56, looked.available(1));
            assertEquals(Duration.ofMillis(1500).toNanos(), looked.waitNanos());
        }
    }

    /** Steps of the wall clock change nothing: they neither give tokens nor hold them back. */
    @Test
    default void bucket_ignoresTheWallClock() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(20, MINUTE);
            rig.burst(limit);
            rig.clock.stepWall(Duration.ofDays(400));
            assertEquals(0, rig.burst(limit));
            rig.clock.stepWall(Duration.ofDays(-800));
            rig.advance(Duration.ofSeconds(3));
            assertEquals(1, rig.burst(limit));
        }
    }
}
