// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;

/** The same leases in a table that has a place for one, which another key may have taken. */
@Param(name = "id", gen = IntGen.class, conf = "0:1")
@Param(name = "thread", gen = ThreadIdGen.class)
public class OverflowLeaseOperations {

    private final LeaseOperations leases = new LeaseOperations(1);
    private final ChargeItem filler = CountOperations.bucket(2, 1);

    /** Begins full. */
    public OverflowLeaseOperations() {
        leases.store.charge(Charge.of(filler), 0);
    }

    @Operation
    public boolean takeNamed(@Param(name = "id") int id) {
        return leases.takeNamed(id);
    }

    @Operation
    public void releaseNamed(@Param(name = "id") int id) {
        leases.releaseNamed(id);
    }

    @Operation
    public boolean take(@Param(name = "thread") int thread) {
        return leases.take(thread);
    }

    @Operation
    public void release(@Param(name = "thread") int thread) {
        leases.release(thread);
    }

    @Operation
    public void makeRoom() {
        leases.store.remove(filler.plain());
    }
}
