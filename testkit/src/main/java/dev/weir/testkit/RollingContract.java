// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.HOUR;
import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.SECOND;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of one rolling log.
 *
 * @since 0.1
 */
public interface RollingContract extends StoreFixture {

    /** 5 per hour admits the sixth exactly one hour after the first, and the seventh one hour after the second. */
    @Test
    default void rolling_admitsTheSixthOnePeriodAfterTheFirst() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(5, HOUR);
            for (int left = 4; left >= 0; left--) {
                ChargeItem taken = rig.take(limit);
                assertEquals(Verdict.PASSED, taken.verdict());
                assertEquals(left, taken.available(0));
                assertEquals(HOUR.toNanos(), taken.resetNanos(0), "the newest leaves last");
                rig.advance(MINUTE);
            }
            ChargeItem refused = rig.take(limit);
            assertEquals(Duration.ofMinutes(55).toNanos(), refused.waitNanos());
            assertEquals(Duration.ofMinutes(59).toNanos(), refused.resetNanos(0));
            rig.assertWaitIsExact(refused);
            ChargeItem seventh = rig.take(limit);
            assertEquals(MINUTE.toNanos(), seventh.waitNanos());
            rig.assertWaitIsExact(seventh);
        }
    }

    /** In no period are there more than the amount, wherever it begins; a bucket would admit up to twice as many. */
    @Test
    default void rolling_admitsNoMoreInAnyPeriod() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(5, HOUR);
            rig.advance(HOUR);
            assertEquals(5, rig.burst(limit));
            rig.advance(Duration.ofMinutes(59));
            assertEquals(0, rig.burst(limit));
            rig.advance(MINUTE);
            assertEquals(5, rig.burst(limit));
        }
    }

    /** A cost of c is c entries, and waits until enough of the oldest have left. */
    @Test
    default void rolling_countsACostAsThatManyEntries() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(10, MINUTE);
            for (int i = 0; i < 3; i++) {
                assertTrue(rig.takes(limit, 3));
                rig.advance(SECOND);
            }
            ChargeItem two = rig.ask(Action.TAKE, limit, 2);
            assertEquals(1, two.available(0));
            assertEquals(Duration.ofSeconds(57).toNanos(), two.waitNanos());
            ChargeItem seven = rig.ask(Action.TAKE, limit, 7);
            assertEquals(Duration.ofSeconds(58).toNanos(), seven.waitNanos());
            rig.assertWaitIsExact(seven);
        }
    }

    /** The reset is when the newest entry has left. */
    @Test
    default void rolling_statesTheResetExactly() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(0, rate(5, SECOND), rate(20, MINUTE));
            rig.takes(limit, 2);
            rig.advance(Duration.ofMillis(300));
            rig.takes(limit, 1);
            rig.assertResetIsExact(limit, 0);
            rig.assertResetIsExact(limit, 1);
        }
    }

    /** All rates of a log hold at once, and each states its own numbers. */
    @Test
    default void rolling_holdsSeveralRatesAtOnce() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(0, rate(2, SECOND), rate(3, MINUTE));
            assertEquals(2, rig.burst(limit));
            ChargeItem refused = rig.take(limit);
            assertEquals(0, refused.available(0));
            assertEquals(1, refused.available(1));
            assertEquals(SECOND.toNanos(), refused.waitNanos(0));
            assertEquals(0, refused.waitNanos(1));
            rig.advance(SECOND);
            assertEquals(1, rig.burst(limit));
            ChargeItem again = rig.take(limit);
            assertEquals(1, again.available(0));
            assertEquals(0, again.waitNanos(0));
            assertEquals(Duration.ofSeconds(59).toNanos(), again.waitNanos(1));
        }
    }

    /** What costs more than the amount can never pass: it is impossible, and takes nothing. */
    @Test
    default void rolling_callsACostAboveTheAmountImpossible() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(0, rate(5, SECOND), rate(20, MINUTE));
            ChargeItem item = item(Action.TAKE, limit, 6);
            assertEquals(Outcome.IMPOSSIBLE, rig.charge(item).outcome());
            assertEquals(Verdict.IMPOSSIBLE, item.verdict());
            assertEquals(Long.MAX_VALUE, item.waitNanos());
            assertFalse(rig.takes(limit, Long.MAX_VALUE));
            assertTrue(rig.takes(limit, 5));
        }
    }

    /** What is settled is taken without asking, up to twice the amount and no further. */
    @Test
    default void rolling_isSettledUpToTwiceItsAmount() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(4, MINUTE);
            assertEquals(Verdict.PASSED, rig.ask(Action.SETTLE, limit, 3).verdict());
            rig.advance(SECOND);
            assertEquals(Verdict.PASSED, rig.ask(Action.SETTLE, limit, 4).verdict());
            rig.advance(SECOND);
            assertEquals(Verdict.PASSED, rig.ask(Action.SETTLE, limit, 4).verdict());
            ChargeItem refused = rig.take(limit);
            assertEquals(0, refused.available(0));
            assertEquals(Duration.ofSeconds(59).toNanos(), refused.waitNanos(), "8 live: 5 must leave, 3 + 2");
            assertEquals(MINUTE.toNanos(), refused.resetNanos(0));
            rig.assertWaitIsExact(refused);
        }
    }

    /** An amount of many entries, taken and left in many steps, is counted without loss. */
    @Test
    default void rolling_keepsCountOverManyTurns() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(100, SECOND);
            for (int turn = 0; turn < 300; turn++) {
                assertTrue(rig.takes(limit, 7), "70 in 9 of 10 steps, 77 with the step that is just leaving");
                rig.advance(Duration.ofMillis(100));
            }
            assertEquals(37, rig.burst(limit));
            rig.advance(Duration.ofDays(36_525));
            assertEquals(100, rig.burst(limit));
        }
    }

    /** Steps of the wall clock change nothing. */
    @Test
    default void rolling_ignoresTheWallClock() {
        try (Rig rig = new Rig(this)) {
            RollingLimit limit = rolling(3, MINUTE);
            rig.burst(limit);
            rig.clock.stepWall(Duration.ofDays(400));
            assertEquals(0, rig.burst(limit));
            rig.clock.stepWall(Duration.ofDays(-800));
            rig.advance(MINUTE);
            assertEquals(3, rig.burst(limit));
        }
    }
}
