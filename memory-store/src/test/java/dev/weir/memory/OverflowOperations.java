// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;

/**
 * A bucket in a table that has a place for one, which another key may have taken. Few operations, because it takes some that
 * belong together to see it move.
 */
@Param(name = "cost", gen = IntGen.class, conf = "1:3")
public class OverflowOperations {

    private static final int SECONDS_TO_BE_IDLE = 4;

    private final CountOperations counts = new CountOperations(1);
    private final ChargeItem filler = CountOperations.bucket(2, 1);

    /** Begins full. */
    public OverflowOperations() {
        fill();
    }

    @Operation
    public long take(@Param(name = "cost") int cost) {
        return counts.takeFromBucket(0, cost);
    }

    /** So far that whoever is whole loses his place to the next. */
    @Operation
    public void advanceFar() {
        counts.clock.advanceNanos(SECONDS_TO_BE_IDLE * 1_000_000_000L);
    }

    @Operation
    public final void fill() {
        counts.store.charge(Charge.of(CountOperations.bucket(2, 1)), 0);
    }

    @Operation
    public void makeRoom() {
        counts.store.remove(filler.plain());
    }
}
