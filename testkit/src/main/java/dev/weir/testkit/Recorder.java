// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** One thread of a {@link Crowd}: it charges a store, and writes a {@link History}. Not thread-safe. */
final class Recorder {

    static final int THREADS = 8;

    private static final long DEADLINE_NANOS = Rig.MINUTE.toNanos();
    private static final int HELD_AT_ONCE = 3;
    private static final int HOT_PERCENT = 30;

    private final Crowd crowd;
    private final RateLimitStore store;
    private final Watch watch;
    private final boolean releasesLate;
    private final List<Leaving> leaving = new ArrayList<>();
    private final History history;
    private long firstRefusal = -1;
    private long longestRefused;

    /**
     * @param releasesLate whether a lease is surely given back only when the next charge of this thread has been answered, as
     *     where both travel on one connection
     */
    Recorder(Crowd crowd, RateLimitStore store, Watch watch, boolean releasesLate) {
        this.crowd = crowd;
        this.store = store;
        this.watch = watch;
        this.releasesLate = releasesLate;
        this.history = new History(crowd);
    }

    /** How many charges between two moments in which no lease is held, how often at most, and for how long. */
    record Times(int atOnce, int most, Duration length) {

        /**
         * How far a clock that is moved goes on with each charge, at most. In a long history it must not outrun a thread that
         * waits for a processor: half a second of its time, in which the hot key would be whole again, is some 100 ms.
         */
        int mostStep() {
            return length.isZero() ? 40_000 : 10_000;
        }
    }

    /** Lets each record in a thread of its own, once at least. */
    static void run(Recorder[] recorders, Times times, long seed) {
        AtomicBoolean full = new AtomicBoolean();
        long begin = TimeSource.system().nanoTime();
        SplittableRandom seeds = new SplittableRandom(seed);
        SplittableRandom[] randoms = IntStream.range(0, recorders.length)
                .mapToObj(i -> seeds.split())
                .toArray(SplittableRandom[]::new);
        Threads.run(recorders.length, times.length.plus(Rig.MINUTE), thread -> {
            int done = 0;
            do {
                recorders[thread].charge(times.atOnce, times.mostStep(), randoms[thread]);
                if (++done == times.most) {
                    full.set(true); // for all, because each key is to be asked for to the end
                }
            } while (!full.get() && TimeSource.system().nanoTime() - begin < times.length.toNanos());
        });
    }

    History history() {
        return history;
    }

    /** {@return for how many nanoseconds this thread was refused again and again, whoever it asked for} */
    long longestRefused() {
        return longestRefused;
    }

    /** Charges at random, and gives back all leases in the end. */
    void charge(int charges, int mostStep, SplittableRandom random) {
        List<Held> held = new ArrayList<>();
        for (int i = 0; i < charges; i++) {
            if (watch.time() instanceof ManualClock clock) {
                clock.advanceNanos(random.nextInt(mostStep));
            }
            boolean hot = random.nextInt(100) < HOT_PERCENT;
            int caller = hot ? Crowd.HOT : 1 + random.nextInt(Crowd.CALLERS - 1);
            charge(caller, 1 + random.nextInt(Crowd.MAX_COST), held);
            if (held.size() > HELD_AT_ONCE || (!held.isEmpty() && random.nextInt(4) == 0)) {
                giveBack(held.remove(random.nextInt(held.size())));
            }
        }
        held.forEach(this::giveBack);
        if (!leaving.isEmpty()) {
            take(crowd.item(Crowd.HOT, Crowd.USER, Action.LOOK, 1), new Spans(), new Spans());
            haveLeft(watch.now());
        }
    }

    private void charge(int caller, long cost, List<Held> held) {
        Charge charge = crowd.charge(caller, cost);
        long start = watch.now();
        store.charge(charge, DEADLINE_NANOS);
        long end = watch.now();
        assertTrue(charge.outcome().decided(), () -> "outcome was " + charge.outcome() + ": " + charge.cause());
        history.countCharge();
        haveLeft(end);
        noteRefusal(charge.outcome(), end);
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

    private void noteRefusal(Outcome outcome, long end) {
        if (outcome == Outcome.ADMITTED) {
            firstRefusal = -1;
        } else if (firstRefusal < 0) {
            firstRefusal = end;
        } else {
            longestRefused = Math.max(longestRefused, end - firstRefusal);
        }
    }

    private void giveBack(Held held) {
        long start = watch.now();
        held.lease.release();
        leaving.add(new Leaving(held, start));
        if (!releasesLate) {
            haveLeft(watch.now());
        }
    }

    private void haveLeft(long end) {
        for (Leaving one : leaving) {
            History.Of of = history.of(Crowd.LEASE, one.held.key);
            of.taken().add(one.held.start, one.held.end, 1);
            of.returned().add(one.start, end, 1);
        }
        leaving.clear();
    }

    /** When all is over, takes what is left of everything and one more: so it shows whether something was lost. */
    void takeTheRest() {
        for (int item = 0; item < Crowd.LEASE; item++) {
            for (int key = 0; key < Crowd.keys(item); key++) {
                takeTheRest(item, key);
            }
        }
        allLeasesAreBack();
    }

    private void takeTheRest(int item, int key) {
        long left = take(crowd.item(key, item, Action.LOOK, 1), new Spans(), new Spans())
                .available(0);
        History.Of of = history.of(item, key);
        if (left > 0) {
            take(crowd.item(key, item, Action.TAKE, left), of.taken(), of.refused());
        }
        take(crowd.item(key, item, Action.TAKE, 1), of.taken(), of.refused());
    }

    private ChargeItem take(ChargeItem item, Spans taken, Spans refused) {
        Charge charge = Charge.of(item);
        long start = watch.now();
        store.charge(charge, DEADLINE_NANOS);
        (charge.outcome() == Outcome.ADMITTED ? taken : refused).add(start, watch.now(), item.cost());
        return item;
    }

    /** One of each key in a charge, as long as it should have some, and then one more. */
    private void allLeasesAreBack() {
        List<Lease> leases = new ArrayList<>();
        Charge charge = oneLeaseOfEach(0);
        for (int taken = 0; charge.size() > 0; charge = oneLeaseOfEach(++taken)) {
            store.charge(charge, DEADLINE_NANOS);
            String found = ": free when all were given back: " + taken;
            for (ChargeItem item : charge.items()) {
                assertNotEquals(Verdict.REFUSED, item.verdict(), () -> item.plain() + found);
                Lease lease = item.lease();
                if (lease != null) {
                    leases.add(lease);
                }
            }
            assertEquals(Outcome.ADMITTED, charge.outcome());
        }
        for (int key = 0; key < Crowd.keys(Crowd.LEASE); key++) {
            Charge more = Charge.of(crowd.item(key, Crowd.LEASE, Action.TAKE, 1));
            store.charge(more, DEADLINE_NANOS);
            assertEquals(Outcome.REFUSED, more.outcome(), "one lease more than there are");
        }
        leases.forEach(Lease::release);
    }

    private Charge oneLeaseOfEach(int taken) {
        Charge charge = new Charge(Crowd.keys(Crowd.LEASE));
        for (int key = 0; key < Crowd.keys(Crowd.LEASE); key++) {
            if (taken < crowd.limit(key, Crowd.LEASE).capacity(0)) {
                charge.add(crowd.item(key, Crowd.LEASE, Action.TAKE, 1));
            }
        }
        return charge;
    }

    /** A lease, whose it is, and when it was taken. */
    private record Held(Lease lease, int key, long start, long end) {}

    /** One that is being given back, since when. */
    private record Leaving(Held held, long start) {}
}
