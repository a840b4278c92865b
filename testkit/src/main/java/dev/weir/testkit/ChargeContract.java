// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.HOUR;
import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.leases;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of a charge as a whole, and of the actions.
 *
 * @since 0.1
 */
public interface ChargeContract extends StoreFixture {

    /** Whichever item refuses, in whatever place, nothing is taken of the others. */
    @Test
    default void charge_takesAllOrNothing() {
        BucketLimit bucket = bucket(3, MINUTE);
        RollingLimit rolling = rolling(3, MINUTE);
        LeaseLimit lease = leases(3);
        List<Limit> limits = List.of(bucket, rolling, lease);
        for (Limit exhausted : limits) {
            try (Rig rig = new Rig(this)) {
                rig.burst(exhausted);
                ChargeItem[] items = limits.stream()
                        .map(limit -> item(Action.TAKE, limit, 1))
                        .toArray(ChargeItem[]::new);
                for (int i = 0; i < 5; i++) {
                    assertEquals(Outcome.REFUSED, rig.charge(items).outcome());
                }
                for (ChargeItem item : items) {
                    boolean refused = item.limit() == exhausted;
                    assertEquals(refused ? Verdict.REFUSED : Verdict.PASSED, item.verdict());
                    assertEquals(refused ? 0 : 3, item.available(0));
                    assertEquals(refused ? 0 : 3, rig.burst(item.limit()));
                }
            }
        }
    }

    /** What all items can give is taken of all. */
    @Test
    default void charge_takesOfAllItems() {
        try (Rig rig = new Rig(this)) {
            ChargeItem bucket = item(Action.TAKE, bucket(5, MINUTE), 2);
            ChargeItem rolling = item(Action.TAKE, rolling(5, MINUTE), 3);
            ChargeItem lease = item(Action.TAKE, leases(5), 1);
            assertEquals(Outcome.ADMITTED, rig.charge(bucket, rolling, lease).outcome());
            assertEquals(3, rig.burst(bucket.limit()));
            assertEquals(2, rig.burst(rolling.limit()));
            assertEquals(4, rig.burst(lease.limit()));
        }
    }

    /** Impossible outweighs refused, and both are said of their own items. */
    @Test
    default void charge_isImpossibleWhereOneItemIs() {
        try (Rig rig = new Rig(this)) {
            BucketLimit bucket = bucket(3, MINUTE);
            rig.burst(bucket);
            ChargeItem refused = item(Action.TAKE, bucket, 1);
            ChargeItem impossible = item(Action.TAKE, rolling(3, MINUTE), 4);
            assertEquals(Outcome.IMPOSSIBLE, rig.charge(refused, impossible).outcome());
            assertEquals(Verdict.REFUSED, refused.verdict());
            assertEquals(Verdict.IMPOSSIBLE, impossible.verdict());
        }
    }

    /** A look refuses like a take, and takes nothing. */
    @Test
    default void look_decidesAndTakesNothing() {
        for (Limit limit : List.of(bucket(3, HOUR), rolling(3, HOUR))) {
            try (Rig rig = new Rig(this)) {
                for (int i = 0; i < 5; i++) {
                    ChargeItem looked = rig.ask(Action.LOOK, limit, 3);
                    assertEquals(Verdict.PASSED, looked.verdict());
                    assertEquals(3, looked.available(0));
                    assertEquals(0, looked.resetNanos(0));
                }
                rig.burst(limit);
                ChargeItem other = item(Action.TAKE, leases(1), 1);
                ChargeItem refused = item(Action.LOOK, limit, 1);
                assertEquals(Outcome.REFUSED, rig.charge(other, refused).outcome());
                assertTrue(refused.waitNanos() > 0);
                assertTrue(rig.takes(leases(1), 1), "the lease was not taken");
            }
        }
    }

    /** A watched item is taken if it alone could be, although the charge is refused. */
    @Test
    default void watch_isTakenWhateverBecomesOfTheOthers() {
        for (Limit limit : List.of(bucket(3, HOUR), rolling(3, HOUR))) {
            try (Rig rig = new Rig(this)) {
                ChargeItem impossible =
                        item(Action.TAKE, limit instanceof RollingLimit ? bucket(1, HOUR) : rolling(1, HOUR), 2);
                ChargeItem watched = item(Action.WATCH, limit, 1);
                for (int left = 2; left >= 0; left--) {
                    assertEquals(
                            Outcome.IMPOSSIBLE, rig.charge(impossible, watched).outcome());
                    assertEquals(Verdict.PASSED, watched.verdict());
                    assertEquals(left, watched.available(0));
                }
                rig.charge(impossible, watched);
                assertEquals(Verdict.REFUSED, watched.verdict());
            }
        }
    }

    /** A watched item that could not be taken, or never can, does not refuse the charge, and says so of itself. */
    @Test
    default void watch_neverRefuses() {
        try (Rig rig = new Rig(this)) {
            BucketLimit watched = bucket(3, HOUR);
            RollingLimit live = rolling(9, HOUR);
            rig.burst(watched);
            ChargeItem empty = item(Action.WATCH, watched, 1);
            ChargeItem taken = item(Action.TAKE, live, 1);
            assertEquals(Outcome.ADMITTED, rig.charge(empty, taken).outcome());
            assertEquals(Verdict.REFUSED, empty.verdict());
            assertTrue(empty.waitNanos() > 0);
            assertEquals(8, taken.available(0));
            ChargeItem never = item(Action.WATCH, watched, 4);
            assertEquals(Outcome.ADMITTED, rig.charge(never, taken).outcome());
            assertEquals(Verdict.IMPOSSIBLE, never.verdict());
            assertEquals(7, taken.available(0));
        }
    }

    /** A glance is decided, takes nothing and refuses nothing. */
    @Test
    default void glance_takesNothingAndNeverRefuses() {
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = bucket(3, HOUR);
            for (int i = 0; i < 5; i++) {
                assertEquals(3, rig.ask(Action.GLANCE, limit, 3).available(0));
            }
            rig.burst(limit);
            ChargeItem glance = item(Action.GLANCE, limit, 1);
            ChargeItem taken = item(Action.TAKE, rolling(9, HOUR), 1);
            assertEquals(Outcome.ADMITTED, rig.charge(glance, taken).outcome());
            assertEquals(Verdict.REFUSED, glance.verdict());
            assertEquals(8, taken.available(0));
        }
    }

    /** What is settled never refuses the charge that it comes with. */
    @Test
    default void settle_neverRefuses() {
        try (Rig rig = new Rig(this)) {
            BucketLimit settled = bucket(3, HOUR);
            ChargeItem taken = item(Action.TAKE, rolling(9, HOUR), 1);
            for (int i = 1; i <= 4; i++) {
                ChargeItem item = item(Action.SETTLE, settled, 2L * i);
                assertEquals(Outcome.ADMITTED, rig.charge(item, taken).outcome());
                assertEquals(Verdict.PASSED, item.verdict());
                assertEquals(9 - i, taken.available(0));
            }
        }
    }
}
