// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.key;
import static dev.weir.testkit.Rig.leases;
import static dev.weir.testkit.Rig.named;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of leases.
 *
 * @since 0.1
 */
public interface LeaseContract extends StoreFixture {

    /** Of two leases a third is refused until one is given back. */
    @Test
    default void lease_isRefusedWhereAllAreHeld() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(2);
            ChargeItem first = item(Action.TAKE, limit, 1);
            Lease lease = rig.lease(first);
            assertEquals(key(limit), lease.key());
            assertEquals(1, first.available(0));
            assertEquals(0, rig.take(limit).available(0));
            ChargeItem third = rig.take(limit);
            assertEquals(Verdict.REFUSED, third.verdict());
            assertNull(third.lease());
            lease.release();
            assertTrue(rig.takes(limit, 1));
            assertFalse(rig.takes(limit, 1));
        }
    }

    /** Giving a lease back twice frees one place, not two. */
    @Test
    default void lease_isReleasedOnce() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(2);
            Lease lease = rig.lease(item(Action.TAKE, limit, 1));
            rig.take(limit);
            lease.release();
            lease.release();
            lease.release();
            assertTrue(rig.takes(limit, 1));
            assertFalse(rig.takes(limit, 1));
        }
    }

    /** A look takes no lease. */
    @Test
    default void lease_isNotTakenByALook() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(1);
            for (int i = 0; i < 3; i++) {
                ChargeItem looked = rig.look(limit);
                assertEquals(Verdict.PASSED, looked.verdict());
                assertEquals(1, looked.available(0));
                assertNull(looked.lease());
            }
            assertTrue(rig.takes(limit, 1));
            assertEquals(Verdict.REFUSED, rig.look(limit).verdict());
        }
    }

    /** Whoever takes an id that is held succeeds, even where all are held, and it counts once. */
    @Test
    default void lease_ofOneIdCountsOnce() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(2);
            rig.lease(named(limit, "a"));
            ChargeItem again = named(limit, "a");
            rig.lease(again);
            assertEquals(1, again.available(0));
            Lease other = rig.lease(named(limit, "b"));
            assertTrue(rig.takes(named(limit, "a")), "held already");
            assertFalse(rig.takes(named(limit, "c")));
            other.release();
            assertTrue(rig.takes(named(limit, "c")));
        }
    }

    /** Anybody can give back a named lease, by key and id. */
    @Test
    default void lease_isReleasedByItsIdByAnybody() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(2);
            Lease lease = rig.lease(named(limit, "a"));
            rig.lease(named(limit, "b"));
            rig.store.release(key(limit), "a");
            assertTrue(rig.takes(named(limit, "c")));
            lease.release();
            rig.store.release(key(limit), "a");
            assertFalse(rig.takes(named(limit, "d")), "b and c are held; a was given back once");
        }
    }

    /** An id that nobody holds is not an error, nor is a set that does not exist. */
    @Test
    default void lease_ofAnUnknownIdIsReleasedToNoEffect() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(1);
            rig.store.release(key(limit), "nobody");
            Lease unnamed = rig.lease(item(Action.TAKE, limit, 1));
            rig.store.release(key(limit), "nobody");
            rig.store.release(key(limit), "");
            assertFalse(rig.takes(limit, 1));
            unnamed.release();
            assertTrue(rig.takes(limit, 1));
        }
    }

    /** Of a refused charge no lease is taken. */
    @Test
    default void lease_isNotTakenByARefusedCharge() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(1);
            ChargeItem lease = item(Action.TAKE, limit, 1);
            ChargeItem tooMuch = item(Action.TAKE, Rig.bucket(2, Rig.MINUTE), 3);
            assertEquals(Outcome.IMPOSSIBLE, rig.charge(lease, tooMuch).outcome());
            assertNull(lease.lease());
            assertEquals(1, lease.available(0));
            assertTrue(rig.takes(limit, 1));
        }
    }
}
