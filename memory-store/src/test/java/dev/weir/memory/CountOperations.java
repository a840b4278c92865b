// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.testkit.ManualClock;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** Buckets and rolling quotas of two keys: 3 in 300 ms. */
@Param(name = "key", gen = IntGen.class, conf = "0:1")
@Param(name = "cost", gen = IntGen.class, conf = "1:3")
public class CountOperations {

    static final long STEP_NANOS = 100_000_000;
    private static final List<Rate> RATES = List.of(new Rate(3, 3 * STEP_NANOS, 3));
    private static final Limit BUCKET = new BucketLimit(RATES, 0);
    private static final Limit ROLLING = new RollingLimit(RATES, 0);
    private static final Key FRED = Key.of(Scope.USER, "fred");

    final ManualClock clock = new ManualClock();
    final MemoryStore store;

    /** With room for all. */
    public CountOperations() {
        this(10);
    }

    CountOperations(long maxKeys) {
        store = new MemoryStore(maxKeys, clock);
    }

    // A rule for each key: keys that share an overflow entry would not be told apart.
    static ChargeItem item(Limit limit, int key, int cost) {
        return new ChargeItem(Action.TAKE, limit, "rule" + key, null, FRED, cost);
    }

    static ChargeItem bucket(int key, int cost) {
        return item(BUCKET, key, cost);
    }

    static ChargeItem rolling(int key, int cost) {
        return item(ROLLING, key, cost);
    }

    private boolean charge(ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, 0);
        return charge.outcome() == Outcome.ADMITTED;
    }

    private long left(ChargeItem item) {
        return charge(item) ? item.available(0) : -1 - item.available(0);
    }

    @Operation
    public long takeFromBucket(@Param(name = "key") int key, @Param(name = "cost") int cost) {
        return left(bucket(key, cost));
    }

    @Operation
    public long takeFromRolling(@Param(name = "key") int key, @Param(name = "cost") int cost) {
        return left(rolling(key, cost));
    }

    /** Both keys in the one order or the other. */
    @Operation
    public boolean takeFromBoth(@Param(name = "key") int first, @Param(name = "cost") int cost) {
        return charge(bucket(first, cost), rolling(1 - first, 2), bucket(1 - first, 1));
    }

    @Operation
    public void advance() {
        clock.advanceNanos(STEP_NANOS);
    }

    @Operation
    public void refill(@Param(name = "key") int key) {
        store.refill(bucket(key, 1).plain());
    }
}
