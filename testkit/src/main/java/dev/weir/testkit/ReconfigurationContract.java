// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.HOUR;
import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.SECOND;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a store promises where numbers change: what was consumed stays consumed, and the newest numbers hold.
 *
 * @since 0.1
 */
public interface ReconfigurationContract extends StoreFixture {

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

    /** A changed rolling quota keeps its entries, in both directions. */
    @Test
    default void newerLimit_ofARollingQuotaKeepsTheEntries() {
        try (Rig rig = new Rig(this)) {
            assertEquals(5, rig.burst(rolling(1, rate(5, HOUR))));
            assertEquals(3, rig.burst(rolling(2, rate(8, HOUR))));
            ChargeItem older = rig.look(rolling(1, rate(100, HOUR)));
            assertEquals(0, older.available(0));
            assertEquals(rolling(2, rate(8, HOUR)), older.inForce());
            ChargeItem refused = rig.take(rolling(3, rate(4, HOUR)));
            assertEquals(0, refused.available(0));
            assertEquals(HOUR.toNanos(), refused.waitNanos());
            rig.advance(MINUTE);
            assertEquals(4, rig.burst(rolling(4, rate(4, MINUTE))));
        }
    }

    /** What had left a rolling quota when a longer period came does not come back, whether somebody has looked or not. */
    @Test
    default void newerLimit_ofALongerRollingPeriodCountsWhatHasNotLeft() {
        for (boolean looked : new boolean[] {false, true}) {
            try (Rig rig = new Rig(this)) {
                RollingLimit perMinute = rolling(1, rate(5, MINUTE));
                assertTrue(rig.takes(perMinute, 3));
                rig.advance(Duration.ofSeconds(50));
                assertTrue(rig.takes(perMinute, 1));
                rig.advance(Duration.ofSeconds(10));
                if (looked) {
                    assertEquals(4, rig.look(perMinute).available(0));
                }
                ChargeItem longer = rig.look(rolling(2, rate(5, HOUR)));
                assertEquals(4, longer.available(0), looked ? "looked at" : "not looked at");
                assertEquals(HOUR.minusSeconds(10).toNanos(), longer.resetNanos(0));
            }
        }
    }

    /** The entries of a rolling quota count for a rate that is added, and go on doing so when another goes. */
    @Test
    default void newerLimit_ofMoreOrFewerRollingRatesCountsWhatIsThere() {
        try (Rig rig = new Rig(this)) {
            assertEquals(5, rig.burst(rolling(1, rate(5, MINUTE))));
            ChargeItem both = rig.look(rolling(2, rate(9, SECOND), rate(8, MINUTE)));
            assertEquals(4, both.available(0));
            assertEquals(3, both.available(1));
            rig.advance(SECOND);
            assertEquals(3, rig.burst(rolling(2, rate(9, SECOND), rate(8, MINUTE))));
            assertEquals(2, rig.look(rolling(3, rate(10, MINUTE))).available(0));
            assertEquals(6, rig.look(rolling(4, rate(9, SECOND))).available(0), "the five have left this one");
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

    /** A bucket that becomes a rolling quota begins anew, and is what it was when it comes back: they are two items. */
    @Test
    default void newerLimit_ofAnotherKindIsAnotherItem() {
        try (Rig rig = new Rig(this)) {
            assertTrue(rig.takes(bucket(1, rate(10, HOUR)), 7));
            assertEquals(10, rig.burst(rolling(2, rate(10, HOUR))));
            assertEquals(3, rig.burst(bucket(3, rate(10, HOUR))));
            assertEquals(0, rig.burst(rolling(4, rate(10, HOUR))));
        }
    }

    /** A changed number of leases leaves the held ones alone, and holds for the next. */
    @Test
    default void newerLimit_ofLeasesLeavesTheHeldOnes() {
        try (Rig rig = new Rig(this)) {
            assertEquals(3, rig.burst(new LeaseLimit(3, 1)));
            assertEquals(2, rig.burst(new LeaseLimit(5, 2)));
            ChargeItem older = item(Action.TAKE, new LeaseLimit(9, 1), 1);
            assertFalse(rig.takes(older));
            assertEquals(new LeaseLimit(5, 2), older.inForce());
            ChargeItem fewer = item(Action.TAKE, new LeaseLimit(2, 3), 1);
            assertFalse(rig.takes(fewer));
            assertEquals(0, fewer.available(0));
        }
    }
}
