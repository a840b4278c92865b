// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.key.Key;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.testkit.ManualClock;
import java.util.List;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/** One bucket whose capacity changes with the version that a charge brings: 4, 2, 6, 3; one token in 100 ms. */
@Param(name = "version", gen = IntGen.class, conf = "0:3")
@Param(name = "cost", gen = IntGen.class, conf = "1:3")
public class ChangeOperations {

    private static final long STEP_NANOS = 100_000_000;
    private static final List<BucketLimit> LIMITS = List.of(limit(4, 0), limit(2, 1), limit(6, 2), limit(3, 3));

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(10, clock);

    private static BucketLimit limit(long capacity, long version) {
        return new BucketLimit(List.of(new Rate(1, STEP_NANOS, capacity)), version);
    }

    @Operation
    public long take(@Param(name = "version") int version, @Param(name = "cost") int cost) {
        ChargeItem item = new ChargeItem(Action.TAKE, LIMITS.get(version), "rule", null, Key.EVERYONE, cost);
        Charge charge = Charge.of(item);
        store.charge(charge, 0);
        return charge.outcome() == Outcome.ADMITTED ? item.available(0) : -1 - item.available(0);
    }

    @Operation
    public void advance() {
        clock.advanceNanos(STEP_NANOS);
    }

    @Operation
    public void forget() {
        store.remove(new ChargeItem(Action.LOOK, LIMITS.get(0), "rule", null, Key.EVERYONE, 1).plain());
    }
}
