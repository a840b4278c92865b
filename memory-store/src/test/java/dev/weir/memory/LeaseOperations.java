// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.testkit.ManualClock;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;

/** Two leases, with ids and without. Each thread gives back what it has taken, as often as it likes; ids anybody's. */
@Param(name = "id", gen = IntGen.class, conf = "0:2")
@Param(name = "thread", gen = ThreadIdGen.class)
public class LeaseOperations {

    private static final LeaseLimit TWO = new LeaseLimit(2, 0);
    private static final String[] IDS = {"a", "b", "c"};
    private static final Key FRED = Key.of(Scope.USER, "fred");
    private static final int MAX_THREADS = 8;

    final ManualClock clock = new ManualClock();
    final MemoryStore store;
    private final Lease[] held = new Lease[MAX_THREADS];

    /** With room for all. */
    public LeaseOperations() {
        this(10);
    }

    LeaseOperations(long maxKeys) {
        store = new MemoryStore(maxKeys, clock);
    }

    private Lease take(ChargeItem item) {
        store.charge(Charge.of(item), 0);
        return item.lease();
    }

    @Operation
    public boolean takeNamed(@Param(name = "id") int id) {
        return take(ChargeItem.namedLease(Action.TAKE, TWO, "rule", null, FRED, IDS[id])) != null;
    }

    @Operation
    public void releaseNamed(@Param(name = "id") int id) {
        store.release(new ChargeItem(Action.LOOK, TWO, "rule", null, FRED, 1).plain(), IDS[id]);
    }

    /** Takes one without an id, unless this thread has done so before. */
    @Operation
    public boolean take(@Param(name = "thread") int thread) {
        if (held[thread] == null) {
            held[thread] = take(new ChargeItem(Action.TAKE, TWO, "rule", null, FRED, 1));
        }
        return held[thread] != null;
    }

    @Operation
    public void release(@Param(name = "thread") int thread) {
        if (held[thread] != null) {
            held[thread].release();
        }
    }

    @Operation
    public long free() {
        ChargeItem look = new ChargeItem(Action.LOOK, TWO, "rule", null, FRED, 1);
        store.charge(Charge.of(look), 0);
        return look.available(0);
    }
}
