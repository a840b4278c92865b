// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** One thread of a {@link Crowd}: it charges a store, and writes a {@link History}. Not thread-safe. */
final class Recorder {

    private static final long DEADLINE_NANOS = Rig.SECOND.toNanos();
    private static final int HELD_AT_ONCE = 3;
    private static final int HOT_PERCENT = 30;

    private final RateLimitStore store;
    private final TimeSource time;
    private final long origin;
    private final long resolution;
    private final History history = new History();

    /**
     * @param origin the reading of the clock from which times are counted, so that none overflows
     * @param resolution the smallest step of the store's clock
     */
    Recorder(RateLimitStore store, TimeSource time, long origin, long resolution) {
        this.store = store;
        this.time = time;
        this.origin = origin;
        this.resolution = resolution;
    }

    History history() {
        return history;
    }

    /** The earliest time that the store may read from now on: its clock shows whole steps. */
    private long start() {
        return now() - (resolution - 1);
    }

    private long now() {
        return time.nanoTime() - origin;
    }

    /** Charges at random, and gives back all leases in the end. */
    void charge(int charges, SplittableRandom random) {
        List<Held> held = new ArrayList<>();
        for (int i = 0; i < charges; i++) {
            if (time instanceof ManualClock clock) {
                clock.advanceNanos(random.nextInt(40_000));
            }
            boolean hot = random.nextInt(100) < HOT_PERCENT;
            int caller = hot ? Crowd.HOT : 1 + random.nextInt(Crowd.CALLERS - 1);
            charge(caller, 1 + random.nextInt(Crowd.MAX_COST), held);
            if (held.size() > HELD_AT_ONCE || (!held.isEmpty() && random.nextInt(4) == 0)) {
                giveBack(held.remove(random.nextInt(held.size())));
            }
        }
        held.forEach(this::giveBack);
    }

    private void charge(int caller, long cost, List<Held> held) {
        Charge charge = Crowd.charge(caller, cost);
        long start = start();
        store.charge(charge, DEADLINE_NANOS);
        long end = now();
        assertTrue(charge.outcome().decided(), () -> "outcome was " + charge.outcome());
        history.countCharge();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            int key = Crowd.key(caller, i);
            History.Of of = history.of(i, key);
            if (charge.outcome() == Outcome.ADMITTED) {
                Lease lease = item.lease();
                if (lease != null) {
                    held.add(new Held(lease, key, start, end));
                } else {
                    of.taken().add(start, end, item.cost());
                }
            } else if (item.verdict() == Verdict.REFUSED) {
                of.refused().add(start, end, item.cost());
            }
        }
    }

    private void giveBack(Held held) {
        long start = start();
        held.lease.release();
        long end = now();
        History.Of of = history.of(Crowd.LEASE, held.key);
        of.taken().add(held.start, held.end, 1);
        of.returned().add(start, end, 1);
    }

    /** When all is over, takes what is left of everything and one more: so it shows whether something was lost. */
    void takeTheRest() {
        for (int item = 0; item < Crowd.ITEMS; item++) {
            for (int key = 0; key < Crowd.keys(item); key++) {
                if (item == Crowd.LEASE) {
                    allLeasesAreBack(key);
                } else {
                    takeTheRest(item, key);
                }
            }
        }
    }

    private void takeTheRest(int item, int key) {
        long left = take(Crowd.item(key, item, Action.LOOK, 1), new Spans(), new Spans())
                .available(0);
        History.Of of = history.of(item, key);
        if (left > 0) {
            take(Crowd.item(key, item, Action.TAKE, left), of.taken(), of.refused());
        }
        take(Crowd.item(key, item, Action.TAKE, 1), of.taken(), of.refused());
    }

    private ChargeItem take(ChargeItem item, Spans taken, Spans refused) {
        Charge charge = Charge.of(item);
        long start = start();
        store.charge(charge, DEADLINE_NANOS);
        (charge.outcome() == Outcome.ADMITTED ? taken : refused).add(start, now(), item.cost());
        return item;
    }

    private void allLeasesAreBack(int key) {
        List<Lease> leases = new ArrayList<>();
        long max = Crowd.limit(key, Crowd.LEASE).capacity(0);
        for (int i = 0; i <= max; i++) {
            ChargeItem item = Crowd.item(key, Crowd.LEASE, Action.TAKE, 1);
            store.charge(Charge.of(item), DEADLINE_NANOS);
            Lease lease = item.lease();
            if (lease != null) {
                leases.add(lease);
            }
        }
        assertEquals(max, leases.size(), () -> Crowd.name(key, Crowd.LEASE) + ": free when all were given back");
        leases.forEach(Lease::release);
    }

    /** A lease, whose it is, and when it was taken. */
    private record Held(Lease lease, int key, long start, long end) {}
}
