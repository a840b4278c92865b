// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.HOUR;
import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.SECOND;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.rate;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a store promises where the numbers of a bucket change: what was consumed stays consumed, and the newest numbers hold.
 *
 * @since 0.1
 */
public interface BucketReconfigurationContract extends StoreFixture {

    /** A larger capacity keeps what was consumed: 7 of 10 used are 7 of 20 used. */
    @Test
    default void newerLimit_ofLargerCapacityKeepsWhatWasConsumed() {
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(10, HOUR)), 7));
            ChargeItem looked = rig.look(bucket(2, rate(20, HOUR)));
            assertEquals(13, looked.available(0));
            assertEquals(13, rig.burst(bucket(2, rate(20, HOUR))));
        }
    }

    /** A smaller capacity gives nothing: of what was left, as much stays as fits. */
    @Test
    default void newerLimit_ofSmallerCapacityGivesNothing() {
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(20, HOUR)), 17));
            assertEquals(3, rig.burst(bucket(2, rate(10, HOUR))));
        }
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(20, HOUR)), 2));
            assertEquals(10, rig.burst(bucket(2, rate(10, HOUR))));
        }
    }

    /** A newer version with the same numbers changes nothing. */
    @Test
    default void newerLimit_ofTheSameNumbersChangesNothing() {
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(10, HOUR)), 7));
            for (long version = 2; version < 10; version++) {
                assertEquals(3, rig.look(bucket(version, rate(10, HOUR))).available(0));
            }
        }
    }

    /** The change happens within the charge that meets it, which is held to the new numbers. */
    @Test
    default void newerLimit_holdsForTheChargeThatBringsIt() {
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(10, HOUR)), 10));
            assertTrue(rig.takes(bucket(2, rate(15, HOUR)), 5));
            assertEquals(
                    Verdict.IMPOSSIBLE,
                    rig.ask(Action.TAKE, bucket(3, rate(4, HOUR)), 5).verdict());
        }
    }

    /** Whoever comes with an older version, or with other numbers of the same one, follows what is stored. */
    @Test
    default void olderLimit_followsWhatIsStored() {
        try (Rig rig = new Rig(this)) {
            BucketLimit stored = bucket(5, rate(10, HOUR));
            assertTrue(rig.takes(stored, 4));
            assertEquals(6, rig.look(bucket(4, rate(100, HOUR))).available(0));
            assertEquals(6, rig.look(bucket(5, rate(100, HOUR))).available(0));
            assertFalse(rig.takes(bucket(4, rate(100, HOUR)), 7));
            assertTrue(rig.takes(bucket(4, rate(1, HOUR)), 2), "10 is the capacity in force, not 1");
            assertEquals(4, rig.burst(stored));
        }
    }

    /** Another period keeps what was consumed, and refills at the new rate from then on. */
    @Test
    default void newerLimit_ofAnotherPeriodKeepsWhatWasConsumed() {
        try (Rig rig = new Rig(this)) {
            rig.burst(bucket(1, rate(10, MINUTE)));
            BucketLimit perSecond = bucket(2, rate(10, SECOND));
            assertEquals(0, rig.burst(perSecond));
            rig.advance(Duration.ofMillis(100));
            assertEquals(1, rig.burst(perSecond));
            BucketLimit perHour = bucket(3, rate(10, HOUR));
            assertEquals(0, rig.burst(perHour));
            rig.advance(Duration.ofMinutes(6));
            assertEquals(1, rig.burst(perHour));
        }
    }

    /** A rate that is added begins whole; those that were there keep what was consumed. */
    @Test
    default void newerLimit_withOneMoreRateKeepsTheOthers() {
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(10, HOUR)), 7));
            BucketLimit two = bucket(2, rate(10, HOUR), rate(50, Duration.ofDays(1)));
            ChargeItem looked = rig.look(two);
            assertEquals(3, looked.available(0));
            assertEquals(50, looked.available(1));
            assertEquals(3, rig.burst(bucket(1, rate(10, HOUR))), "an older item is held to both");
            assertEquals(47, rig.look(two).available(1));
            assertEquals(0, rig.look(bucket(3, rate(10, HOUR))).available(0));
        }
    }

    /** An item of other rates than are in force is told the numbers of those in force. */
    @Test
    default void olderLimit_isToldTheNumbersInForce() {
        try (Rig rig = new Rig(this)) {
            BucketLimit two = bucket(2, rate(10, SECOND), rate(12, HOUR));
            assertTrue(rig.takes(two, 10));
            rig.advance(SECOND);
            ChargeItem older = rig.ask(Action.LOOK, bucket(1, rate(10, SECOND)), 5);
            assertEquals(Verdict.REFUSED, older.verdict());
            assertEquals(two, older.inForce());
            assertEquals(10, older.available(0));
            assertEquals(2, older.available(1));
            assertEquals(0, older.waitNanos(0));
            assertEquals(Duration.ofMinutes(15).minus(SECOND).toNanos(), older.waitNanos());
            ChargeItem wider = rig.look(bucket(1, rate(1, SECOND), rate(1, SECOND), rate(9, SECOND)));
            assertEquals(10, wider.available(0));
            assertEquals(2, wider.available(1));
            assertEquals(0, wider.waitNanos());
        }
    }

    /** There and back between large and small numbers: what does not fit is lost, what is added is there at once. */
    @Test
    default void newerLimit_goesThereAndBackBetweenLargeAndSmall() {
        long most = 1_000_000_000_000L;
        Duration day = Duration.ofDays(1);
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(most, day)), most - 7));
            assertEquals(7, rig.look(bucket(2, rate(10, HOUR))).available(0));
            assertEquals(most - 3, rig.look(bucket(3, rate(most, day))).available(0));
            assertEquals(10, rig.look(bucket(4, rate(10, HOUR))).available(0));
            assertTrue(rig.takes(bucket(4, rate(10, HOUR)), 4));
            assertEquals(most - 4, rig.look(bucket(5, rate(most, day))).available(0));
        }
    }

    /** What is owed is owed under the new numbers, too. */
    @Test
    default void newerLimit_keepsWhatIsOwed() {
        try (Rig rig = new Rig(this)) {
            rig.ask(Action.SETTLE, bucket(1, rate(10, MINUTE)), 20);
            ChargeItem smaller = rig.ask(Action.SETTLE, bucket(2, rate(4, MINUTE)), 1);
            assertEquals(0, smaller.available(0));
            assertEquals(
                    Duration.ofSeconds(14 * 15).toNanos(), smaller.resetNanos(0), "10 are owed, and 4 more missing");
            ChargeItem larger = rig.look(bucket(3, rate(6, MINUTE)));
            assertEquals(Duration.ofSeconds(9 * 10).toNanos(), larger.waitNanos(), "8 are owed");
            rig.assertWaitIsExact(larger);
        }
    }
}
