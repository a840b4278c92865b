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
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.RollingLimit;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/**
 * What a store promises where numbers change: what was consumed stays consumed, and the newest numbers hold.
 *
 * @since 0.1
 */
public interface ReconfigurationContract extends StoreFixture {

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
