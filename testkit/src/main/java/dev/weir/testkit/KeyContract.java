// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import dev.weir.store.RollingLimit;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of keys: no two that differ in any part share anything, whatever the text in them.
 *
 * @since 0.1
 */
public interface KeyContract extends StoreFixture {

    /** A bucket, a log and leases of the same rule and caller are three things. */
    @Test
    default void keys_ofDifferentKindsShareNothing() {
        try (Rig rig = new Rig(this)) {
            BucketLimit bucket = Rig.bucket(3, Rig.HOUR);
            RollingLimit rolling = Rig.rolling(4, Rig.HOUR);
            LeaseLimit leases = Rig.leases(5);
            assertEquals(3, rig.burst(bucket));
            assertEquals(4, rig.burst(rolling));
            assertEquals(5, rig.burst(leases));
        }
    }

    /** Many keys in one charge are all taken, each from its own. */
    @Test
    default void keys_manyInOneChargeAreAllTaken() {
        List<ItemKey> keys = HostileKeys.all();
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = Rig.bucket(2, Rig.HOUR);
            for (Outcome expected : List.of(Outcome.ADMITTED, Outcome.ADMITTED, Outcome.REFUSED)) {
                Charge charge = new Charge(1);
                keys.forEach(key -> charge.add(HostileKeys.take(limit, key)));
                rig.store.charge(charge, rig.clock.nanoTime() + Rig.SECOND.toNanos());
                assertEquals(expected, charge.outcome());
            }
        }
    }
}
