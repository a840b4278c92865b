// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.testkit.ManualClock;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;

/**
 * What a {@link Race} is made of. The table has two places; keys 0 and 1 have a rule each, so that they never share an
 * overflow entry. Numbers are what is left, or minus one minus what is left where that was too little.
 */
public final class RaceOperations {

    private static final long STEP_NANOS = 100_000_000;
    private static final int PLACES = 2;
    private static final Limit BUCKET = new BucketLimit(List.of(new Rate(3, 3 * STEP_NANOS, 3)), 0);
    private static final Limit TWO_RATES =
            new RollingLimit(List.of(new Rate(2, STEP_NANOS, 2), new Rate(9, 10 * STEP_NANOS, 9)), 0);
    private static final LeaseLimit LEASES = new LeaseLimit(2, 0);
    private static final Key FRED = Key.of(Scope.USER, "fred");

    /** What is done before. Lincheck makes the object, and knows no parameters. */
    static List<Actor> start = List.of();

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(PLACES, clock);

    /** Begins after {@link #start}. */
    public RaceOperations() throws ReflectiveOperationException {
        for (Actor actor : start) {
            actor.getMethod().invoke(this, actor.getArguments().toArray());
        }
    }

    private static ChargeItem item(Limit limit, int key, int cost) {
        return new ChargeItem(Action.TAKE, limit, "rule" + key, null, FRED, cost);
    }

    // A lease is never whole, so it keeps its place until it is removed.
    private static ChargeItem filler(int place) {
        return new ChargeItem(Action.TAKE, LEASES, "filler" + place, null, FRED, 1);
    }

    private static ChargeItem lease(Action action) {
        return new ChargeItem(action, LEASES, "rule", null, FRED, 1);
    }

    private long left(ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, 0);
        long left = items[0].available(0);
        return charge.outcome() == Outcome.ADMITTED ? left : -1 - left;
    }

    /** Others take all places. */
    public void fill() {
        for (int place = 0; place < PLACES; place++) {
            store.charge(Charge.of(filler(place)), 0);
        }
    }

    /** One of them leaves. */
    public void makeRoom() {
        store.remove(filler(0).plain());
    }

    /** From a bucket of three, which is given a token a step. */
    public long take(int key, int cost) {
        return left(item(BUCKET, key, cost));
    }

    /** From both buckets. */
    public long takeBoth(int first, int cost) {
        return left(item(BUCKET, first, cost), item(BUCKET, 1 - first, cost));
    }

    /** One of a rolling quota of two a step, and nine in ten. */
    public long roll(int key) {
        return left(item(TWO_RATES, key, 1));
    }

    /** One of both quotas. */
    public long rollBoth(int first) {
        return left(item(TWO_RATES, first, 1), item(TWO_RATES, 1 - first, 1));
    }

    public void advance(int steps) {
        clock.advanceNanos(steps * STEP_NANOS);
    }

    public void refill(int key) {
        store.refill(item(BUCKET, key, 1).plain());
    }

    public void remove(int key) {
        store.remove(item(BUCKET, key, 1).plain());
    }

    public long keys() {
        return store.keys();
    }

    /** One of two leases, by its id. */
    public boolean hold(int id) {
        ChargeItem item = ChargeItem.namedLease(Action.TAKE, LEASES, "rule", null, FRED, Integer.toString(id));
        store.charge(Charge.of(item), 0);
        return item.lease() != null;
    }

    public void release(int id) {
        store.release(lease(Action.LOOK).plain(), Integer.toString(id));
    }

    public void releaseAll() {
        store.remove(lease(Action.LOOK).plain());
    }

    /** How many leases are free. */
    public long free() {
        return left(lease(Action.LOOK));
    }
}
