// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.HOUR;
import static dev.weir.testkit.Rig.MINUTE;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.key;
import static dev.weir.testkit.Rig.leases;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of charges of one item, of each kind that it holds.
 *
 * @since 0.1
 */
public interface ItemContract extends StoreFixture {

    /** Delimiters, blanks, digests, control characters and long text in values: each key counts for itself. */
    @Test
    default void keys_thatDifferInAnyPartShareNothing() {
        List<ItemKey> keys = HostileKeys.all();
        for (Limit limit : limits(bucket(1, HOUR), rolling(1, HOUR), leases(1))) {
            try (Rig rig = new Rig(this)) {
                for (ItemKey key : keys) {
                    assertTrue(rig.takes(HostileKeys.take(limit, key)), () -> "shared: " + key);
                }
                for (ItemKey key : keys) {
                    assertEquals(
                            Verdict.REFUSED,
                            rig.ask(HostileKeys.take(limit, key)).verdict(),
                            () -> "not counted: " + key);
                }
            }
        }
    }

    /** Refill makes a bucket or log whole, also one that settling has driven below zero. */
    @Test
    default void refill_makesWhole() {
        for (Limit limit : limits(bucket(3, HOUR), rolling(3, HOUR))) {
            try (Rig rig = new Rig(this)) {
                rig.store.refill(key(limit));
                rig.burst(limit);
                rig.store.refill(key(limit));
                assertEquals(0, rig.look(limit).resetNanos(0));
                assertEquals(3, rig.burst(limit));
                rig.ask(Action.SETTLE, limit, 3);
                rig.store.refill(key(limit));
                assertEquals(3, rig.burst(limit));
            }
        }
    }

    /** Remove forgets an item, as if it had never been charged, and the version of its numbers too. */
    @Test
    default void remove_forgetsAnItem() {
        for (Limit limit : limits(bucket(3, HOUR), rolling(3, HOUR), leases(3))) {
            try (Rig rig = new Rig(this)) {
                rig.store.remove(key(limit));
                rig.burst(limit);
                rig.store.remove(key(limit));
                assertEquals(3, rig.burst(limit));
            }
        }
        try (Rig rig = new Rig(this)) {
            rig.burst(bucket(9, rate(3, HOUR)));
            rig.store.remove(key(bucket(3, HOUR)));
            assertEquals(5, rig.burst(bucket(1, rate(5, HOUR))));
        }
    }

    /** However many threads ask, exactly the capacity is granted. */
    @Test
    default void threads_getExactlyTheCapacity() {
        for (Limit limit : limits(bucket(500, HOUR), rolling(500, HOUR), leases(500))) {
            try (Rig rig = new Rig(this)) {
                AtomicLong granted = new AtomicLong();
                Threads.run(4, Rig.patience, thread -> {
                    for (int i = 0; i < 250; i++) {
                        if (rig.takes(limit, 1)) {
                            granted.incrementAndGet();
                        }
                    }
                });
                assertEquals(500, granted.get());
            }
        }
    }

    /** A charge of nothing is admitted. */
    @Test
    default void charge_ofNothingIsAdmitted() {
        try (Rig rig = new Rig(this)) {
            assertEquals(Outcome.ADMITTED, rig.charge().outcome());
        }
    }

    /** An item charged twice is decided twice: what it says from before has no influence. */
    @Test
    default void charge_isDecidedAnewEachTime() {
        try (Rig rig = new Rig(this)) {
            ChargeItem item = item(Action.TAKE, bucket(2, MINUTE), 2);
            assertEquals(Outcome.ADMITTED, rig.charge(item).outcome());
            assertEquals(Outcome.REFUSED, rig.charge(item).outcome());
            rig.advance(MINUTE);
            assertEquals(Outcome.ADMITTED, rig.charge(item).outcome());
            assertEquals(0, item.waitNanos());
        }
    }

    /** A look decides like a take, and takes nothing. */
    @Test
    default void look_ofOneItemTakesNothing() {
        for (Limit limit : limits(bucket(3, HOUR), rolling(3, HOUR))) {
            try (Rig rig = new Rig(this)) {
                for (int i = 0; i < 5; i++) {
                    assertEquals(3, rig.ask(Action.LOOK, limit, 3).available(0));
                }
                assertEquals(3, rig.burst(limit));
                ChargeItem refused = item(Action.LOOK, limit, 1);
                assertEquals(Outcome.REFUSED, rig.charge(refused).outcome());
                assertTrue(refused.waitNanos() > 0);
            }
        }
    }

    /** A watched item takes while it can, and refuses nothing when it cannot; a glance takes nothing. */
    @Test
    default void watchAndGlance_ofOneItemNeverRefuse() {
        for (Limit limit : limits(bucket(3, HOUR), rolling(3, HOUR))) {
            try (Rig rig = new Rig(this)) {
                for (int left = 2; left >= 0; left--) {
                    assertEquals(left + 1, rig.ask(Action.GLANCE, limit, 1).available(0));
                    ChargeItem watched = item(Action.WATCH, limit, 1);
                    assertEquals(Outcome.ADMITTED, rig.charge(watched).outcome());
                    assertEquals(left, watched.available(0));
                }
                for (Action action : new Action[] {Action.WATCH, Action.GLANCE}) {
                    ChargeItem empty = item(action, limit, 1);
                    assertEquals(Outcome.ADMITTED, rig.charge(empty).outcome());
                    assertEquals(Verdict.REFUSED, empty.verdict());
                    assertTrue(empty.waitNanos() > 0);
                    ChargeItem never = item(action, limit, 4);
                    assertEquals(Outcome.ADMITTED, rig.charge(never).outcome());
                    assertEquals(Verdict.IMPOSSIBLE, never.verdict());
                }
            }
        }
    }

    /** A closed store fails a charge as not sent, and throws nothing. */
    @Test
    default void close_letsAChargeOfOneItemFailAsNotSent() {
        for (Limit limit : limits(bucket(3, HOUR), rolling(3, HOUR), leases(3))) {
            Rig rig = new Rig(this);
            assertTrue(rig.takes(limit, 1));
            rig.close();
            assertEquals(
                    Outcome.NOT_SENT, rig.charge(item(Action.TAKE, limit, 1)).outcome());
            rig.store.refill(key(limit));
            rig.store.remove(key(limit));
            rig.close();
        }
    }
}
