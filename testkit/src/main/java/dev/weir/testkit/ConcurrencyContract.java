// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.item;
import static dev.weir.testkit.Rig.leases;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;

/**
 * What a store promises to several threads at once. The clock stands still, so that the numbers are exact.
 *
 * @since 0.1
 */
public interface ConcurrencyContract extends StoreFixture {

    /** All or nothing holds among threads: what one item refused was not taken of the others, not even for a moment. */
    @Test
    default void threads_takeAllOrNothing() {
        try (Rig rig = new Rig(this)) {
            AtomicLong granted = new AtomicLong();
            inThreads(thread -> {
                for (int i = 0; i < 150; i++) {
                    ChargeItem bucket = item(Action.TAKE, bucket(300, Rig.HOUR), 2);
                    ChargeItem rolling = item(Action.TAKE, rolling(200, Rig.HOUR), 1);
                    if (thread % 2 == 0 ? rig.takes(bucket, rolling) : rig.takes(rolling, bucket)) {
                        granted.incrementAndGet();
                    }
                }
            });
            assertEquals(150, granted.get());
            assertEquals(0, rig.burst(bucket(300, Rig.HOUR)));
            assertEquals(50, rig.burst(rolling(200, Rig.HOUR)));
        }
    }

    /** Charges of the same keys in opposite order of items do not wait for each other for ever. */
    @Test
    default void threads_withItemsInOppositeOrderDoNotDeadlock() {
        try (Rig rig = new Rig(this)) {
            int keys = 6;
            inThreads(thread -> {
                for (int i = 0; i < 200; i++) {
                    Charge charge = new Charge(keys);
                    for (int k = 0; k < keys; k++) {
                        int of = thread % 2 == 0 ? k : keys - 1 - k;
                        Key key = Key.of(Scope.USER, "u" + of);
                        charge.add(new ChargeItem(Action.TAKE, bucket(1000, Rig.HOUR), "r", null, key, 1));
                    }
                    rig.store.charge(charge, rig.clock.nanoTime() + Rig.SECOND.toNanos());
                    assertTrue(charge.outcome().decided());
                }
            });
        }
    }

    /** Of leases never more than their number are held at once. */
    @Test
    default void threads_neverHoldMoreLeasesThanThereAre() {
        try (Rig rig = new Rig(this)) {
            LeaseLimit limit = leases(2);
            AtomicLong held = new AtomicLong();
            inThreads(thread -> {
                for (int i = 0; i < 200; i++) {
                    ChargeItem item = item(Action.TAKE, limit, 1);
                    rig.charge(item);
                    Lease lease = item.lease();
                    if (lease != null) {
                        assertTrue(held.incrementAndGet() <= 2, "more leases than there are");
                        rig.look(limit);
                        held.decrementAndGet();
                        lease.release();
                    }
                }
            });
            assertEquals(2, rig.burst(limit), "all were given back");
        }
    }

    private static void inThreads(IntConsumer work) {
        Threads.run(4, Rig.patience, work);
    }
}
