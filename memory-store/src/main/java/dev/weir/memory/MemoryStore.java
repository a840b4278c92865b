// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * The store inside one JVM.
 *
 * <p>Exact and atomic: the items of a charge are locked together, in one order, and decided at one reading of the
 * monotonic clock. Bounded: at most {@code maxKeys} keys have an entry of their own; further ones share overflow entries,
 * each with the limit of one key, until somebody's entry is whole again and makes room. A flood of new keys therefore
 * neither resets a bucket, nor lifts a limit, nor takes the entry from a caller who keeps coming.
 *
 * <p>It starts no thread and never blocks but for a lock held by another charge. Leases do not expire, because who holds
 * them is in this JVM. Thread-safe.
 *
 * @since 0.1
 */
public final class MemoryStore implements RateLimitStore {

    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final int BITS = 4;
    private static final int SHORT = 16;

    private final TimeSource time;
    private final long origin;
    private final long maxKeys;
    private volatile @Nullable KeyTable table;

    /**
     * Opens a store.
     *
     * @param maxKeys the most keys that have an entry of their own, at least 1
     * @param time the clocks, of which only the monotonic one is read
     * @throws IllegalArgumentException if {@code maxKeys} is below 1
     */
    public MemoryStore(long maxKeys, TimeSource time) {
        if (maxKeys < 1) {
            throw new IllegalArgumentException("maxKeys must be at least 1 but was " + maxKeys);
        }
        this.time = requireNonNull(time, "time");
        this.origin = time.nanoTime();
        this.maxKeys = maxKeys;
        this.table = new KeyTable(maxKeys);
    }

    /** {@return how many keys have an entry of their own now, at most {@link #maxKeys}} */
    public long keys() {
        KeyTable open = table;
        return open == null ? 0 : open.size();
    }

    /** {@return the most keys that have an entry of their own} */
    public long maxKeys() {
        return maxKeys;
    }

    private long now() {
        return time.nanoTime() - origin;
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        KeyTable open = table;
        if (open == null) {
            charge.fail(Outcome.NOT_SENT, null);
            return;
        }
        if (charge.size() == 1) {
            ChargeItem only = charge.item(0);
            while (!tryCharge(open, charge, only, place(open, only))) {
                // Its place was given up in the meantime.
            }
            return;
        }
        do {
            for (int i = 0; i < charge.size(); i++) {
                ChargeItem item = charge.item(i);
                item.place(place(open, item));
            }
        } while (!lockNext(open, charge, order(charge), 0));
        for (int i = 0; i < charge.size(); i++) {
            charge.item(i).place(null);
        }
    }

    private Object place(KeyTable open, ChargeItem item) {
        Entry known = open.get(item);
        return known == null ? admit(open, item) : known;
    }

    /** Reads the clock only for keys that are new, because reading it costs as much as all else. */
    private Object admit(KeyTable open, ChargeItem item) {
        long now = now();
        return open.admit(item, now, (int) (now / NANOS_PER_SECOND));
    }

    /** The short way for a charge of one item, which is most of them: there is no order of locks to keep. */
    private boolean tryCharge(KeyTable open, Charge charge, ChargeItem only, Object place) {
        Entry entry = entry(place);
        synchronized (entry) {
            if (isStale(open, only, place, entry)) {
                return false;
            }
            long now = now();
            check(open, only, place, entry, now);
            Outcome outcome = charge.outcomeOfVerdicts();
            finish(only, entry, outcome, now);
            charge.decide(outcome);
            return true;
        }
    }

    /**
     * Locks the place that comes next in order, and from within it the others, and decides when all are locked.
     *
     * @return false if a place was given up in the meantime; nothing was taken then
     */
    private boolean lockNext(KeyTable open, Charge charge, long order, int locked) {
        if (locked == charge.size()) {
            decide(open, charge);
            return true;
        }
        ChargeItem item = charge.size() <= SHORT ? charge.item(index(order, locked)) : search(charge, locked);
        Object place = requireNonNull(item.place());
        Entry entry = entry(place);
        synchronized (entry) {
            return !isStale(open, item, place, entry) && lockNext(open, charge, order, locked + 1);
        }
    }

    /** Whether the key is counted elsewhere by now. To be called with the entry locked. */
    private static boolean isStale(KeyTable open, ChargeItem item, Object place, Entry entry) {
        return entry.isDropped() || (place != entry && open.get(item) != null);
    }

    /* Design: the order in which the items of a short charge are locked is sorted into one number, four bits for an index,
     * because a list would be garbage at each charge. A long charge is searched anew for each lock. */
    private static long order(Charge charge) {
        long order = 0;
        for (int i = 1; i < charge.size() && charge.size() <= SHORT; i++) {
            int at = i;
            while (at > 0 && compare(charge.item(i), charge.item(index(order, at - 1))) < 0) {
                at--;
            }
            long below = (1L << (at * BITS)) - 1;
            order = (order & below) | (long) i << (at * BITS) | (order & ~below) << BITS;
        }
        return order;
    }

    private static int index(long order, int place) {
        return (int) (order >>> (place * BITS)) & ((1 << BITS) - 1);
    }

    /** The item that comes at a place in the order: the one that so many others come before. */
    private static ChargeItem search(Charge charge, int place) {
        for (int i = 0; i < charge.size(); i++) {
            int before = 0;
            for (int j = 0; j < charge.size(); j++) {
                int c = compare(charge.item(j), charge.item(i));
                before += c < 0 || (c == 0 && j < i) ? 1 : 0;
            }
            if (before == place) {
                return charge.item(i);
            }
        }
        throw new IllegalStateException("a place for each item");
    }

    private static int compare(ChargeItem a, ChargeItem b) {
        long orderOfA = a.place() instanceof Overflow overflow ? overflow.order() : 0;
        long orderOfB = b.place() instanceof Overflow overflow ? overflow.order() : 0;
        return orderOfA != orderOfB ? Long.compare(orderOfA, orderOfB) : a.compareTo(b);
    }

    private static Entry entry(Object place) {
        return place instanceof Entry entry ? entry : ((Overflow) place).entry();
    }

    /** All places are locked. */
    private void decide(KeyTable open, Charge charge) {
        long now = now();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            Object place = requireNonNull(item.place());
            check(open, item, place, entry(place), now);
        }
        Outcome outcome = charge.outcomeOfVerdicts();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            finish(item, entry(requireNonNull(item.place())), outcome, now);
        }
        charge.decide(outcome);
    }

    private static void check(KeyTable open, ChargeItem item, Object place, Entry entry, long now) {
        int second = (int) (now / NANOS_PER_SECOND);
        if (place == entry) {
            open.seen(entry, second);
        } else {
            entry.seen(second);
        }
        entry.advance(item.limit(), now);
        item.verdict(item.action() == Action.SETTLE ? Verdict.PASSED : entry.check(item, now));
    }

    private static void finish(ChargeItem item, Entry entry, Outcome outcome, long now) {
        switch (item.action()) {
            case TAKE -> {
                if (outcome == Outcome.ADMITTED) {
                    entry.take(item, now);
                }
            }
            case WATCH -> {
                if (item.verdict() == Verdict.PASSED) {
                    entry.take(item, now);
                }
            }
            case SETTLE -> entry.settle(item, now);
            case LOOK, GLANCE -> {}
        }
        entry.report(item, now);
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        KeyTable open = table;
        if (open == null) {
            return;
        }
        // Leases move from overflow entries to entries of their own and never back, so whoever looks in this order
        // finds them.
        open.releaseFromOverflow(key, leaseId);
        if (open.get(key) instanceof LeaseEntry leases) {
            MemoryLease lease;
            synchronized (leases) {
                lease = leases.find(key, leaseId);
            }
            if (lease != null) {
                lease.release();
            }
        }
    }

    @Override
    public void refill(ItemKey key) {
        KeyTable open = table;
        Entry entry = open == null ? null : open.get(key);
        if (entry != null) {
            synchronized (entry) {
                entry.refill();
            }
        }
    }

    @Override
    public void remove(ItemKey key) {
        KeyTable open = table;
        if (open != null) {
            open.remove(key);
        }
    }

    @Override
    public void close() {
        table = null;
    }
}
