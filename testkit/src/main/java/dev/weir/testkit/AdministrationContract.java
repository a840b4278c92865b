// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.key;
import static dev.weir.testkit.Rig.leases;
import static dev.weir.testkit.Rig.named;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of refill, remove and close.
 *
 * @since 0.1
 */
public interface AdministrationContract extends StoreFixture {

    /** Refill leaves leases alone, and other keys. */
    @Test
    default void refill_leavesLeasesAndOthersAlone() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(2);
            BucketLimit other = bucket(2, Rig.HOUR);
            rig.burst(limit);
            rig.burst(other);
            rig.store.refill(key(limit));
            rig.store.refill(key(rolling(2, Rig.HOUR)));
            assertFalse(rig.takes(limit, 1));
            assertFalse(rig.takes(other, 1));
        }
    }

    /** A lease that was removed can be given back still, and frees nobody else's place. */
    @Test
    default void remove_makesTheReleaseOfItsLeasesHarmless() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(1);
            Lease unnamed = rig.lease(item(Action.TAKE, limit, 1));
            rig.store.remove(key(limit));
            rig.lease(item(Action.TAKE, limit, 1));
            unnamed.release();
            assertFalse(rig.takes(limit, 1));
            rig.store.remove(key(limit));
            Lease named = rig.lease(named(limit, "a"));
            rig.store.remove(key(limit));
            rig.lease(named(limit, "a"));
            named.release();
            assertFalse(rig.takes(limit, 1), "the id is another's by now");
        }
    }

    /** A closed store fails every charge as not sent, hands out no lease, and throws nothing. */
    @Test
    default void close_letsChargesFailAsNotSent() {
        Rig rig = new Rig(this);
        LeaseLimit limit = leases(2);
        Lease unnamed = rig.lease(item(Action.TAKE, limit, 1));
        rig.lease(named(limit, "a"));
        rig.close();
        ChargeItem item = item(Action.TAKE, limit, 1);
        assertEquals(Outcome.NOT_SENT, rig.charge(item).outcome());
        assertEquals(
                Outcome.NOT_SENT,
                rig.charge(item(Action.TAKE, bucket(3, Rig.HOUR), 1)).outcome());
        assertNull(item.lease());
        unnamed.release();
        rig.store.release(key(limit), "a");
        rig.store.refill(key(bucket(3, Rig.HOUR)));
        rig.store.remove(key(limit));
        rig.close();
    }
}
