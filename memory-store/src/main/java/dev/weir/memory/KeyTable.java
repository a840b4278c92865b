// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The entries of all keys, at most so many, and the overflow entries that further keys share.
 *
 * <p>Thread-safe.
 */
final class KeyTable {

    /* Design.
     *
     * An entry that is whole says nothing that no entry would not say, so dropping it loses nothing. A hand goes round the
     * table and drops such entries: two looks at each new key, more when the table is full. An entry seen in the last
     * seconds is kept all the same, so that somebody who keeps coming does not lose his place to a flood between two
     * requests; one that was seen in two different seconds is kept for a minute, as long as those are at most half.
     *
     * A new key that finds no place shares an overflow entry with others of the same rule and the same numbers,
     * whatever their version, so that nobody is held to another's numbers. Each key has one such entry while its
     * numbers stay: was there a choice, it could spend both. There are at most 64 for each rule and each set of
     * numbers in use. When a key gets an entry of its own, that begins at the level of the overflow entry, or the key
     * could spend both. For this to be exact, the two sides look at each other: who inserts an entry publishes it
     * locked and then looks for an overflow entry to inherit from; who charges an overflow entry locks it and then
     * looks whether the key has an entry by now. Both are volatile accesses, so at least one of the two sees the
     * other.
     *
     * Locks are taken in this order: entries of the table by key, then overflow entries by age. Only sweeping holds just
     * one at a time.
     */

    private static final int IDLE_SECONDS = 3;
    private static final int PROTECTED_SECONDS = 60;
    private static final long PROTECTED_NANOS = PROTECTED_SECONDS * 1_000_000_000L;
    private static final int LOOKS_PER_KEY = 2;
    private static final int LOOKS_WHEN_FULL = 16;
    private static final int SHARDS = 64;

    private final ConcurrentMap<ItemKey, Entry> entries;
    private final Map<Overflow.Name, Overflow> overflows = new ConcurrentHashMap<>();
    private final AtomicLong places = new AtomicLong();
    private final AtomicLong protectedPlaces = new AtomicLong();
    private final AtomicInteger overflowCount = new AtomicInteger();
    private final AtomicLong overflowOrder = new AtomicLong();
    private final long maxKeys;
    private final ReentrantLock handLock = new ReentrantLock();
    private Iterator<Entry> hand;
    private long handRenewAt;
    private Iterator<Overflow> overflowHand = overflows.values().iterator();

    KeyTable(long maxKeys) {
        this(maxKeys, new ConcurrentHashMap<>());
    }

    /** With a map of the caller's, who may look on. */
    KeyTable(long maxKeys, ConcurrentMap<ItemKey, Entry> entries) {
        this.maxKeys = maxKeys;
        this.entries = entries;
        this.hand = entries.values().iterator();
    }

    long size() {
        return places.get();
    }

    @Nullable Entry get(ItemKey key) {
        return entries.get(key);
    }

    /** The place where an item of a new key is counted: an {@link Entry} of its own, or an {@link Overflow}. */
    Object admit(ChargeItem item, long now, int second) {
        sweep(LOOKS_PER_KEY, now, second);
        if (reserve(now, second)) {
            return insert(item, now, second);
        }
        return overflow(item, now, second);
    }

    private boolean reserve(long now, int second) {
        if (reserve()) {
            return true;
        }
        sweep(LOOKS_WHEN_FULL, now, second);
        return reserve();
    }

    private boolean reserve() {
        return places.getAndUpdate(taken -> Math.min(maxKeys, taken + 1)) < maxKeys;
    }

    private Entry insert(ChargeItem item, long now, int second) {
        Entry fresh = Entry.of(item, now, second);
        synchronized (fresh) {
            Entry earlier = entries.putIfAbsent(fresh, fresh);
            if (earlier != null) {
                places.decrementAndGet();
                return earlier;
            }
            if (overflowCount.get() > 0) {
                inherit(fresh, overflows.get(name(item)), now);
            }
        }
        return fresh;
    }

    private static void inherit(Entry fresh, @Nullable Overflow overflow, long now) {
        if (overflow != null) {
            synchronized (overflow.entry()) {
                if (!overflow.entry().isDropped()) {
                    fresh.inherit(overflow.entry(), now);
                }
            }
        }
    }

    private Overflow overflow(ChargeItem item, long now, int second) {
        Overflow.Name name = name(item);
        Overflow found = overflows.get(name);
        if (found != null) {
            return found;
        }
        overflowCount.incrementAndGet();
        Overflow fresh = new Overflow(name, Entry.of(item, now, second), overflowOrder.incrementAndGet());
        Overflow earlier = overflows.putIfAbsent(name, fresh);
        if (earlier != null) {
            overflowCount.decrementAndGet();
            return earlier;
        }
        return fresh;
    }

    private static Overflow.Name name(ChargeItem item) {
        int shard = ((item.per().hashCode() * 0x9E3779B9) >>> 16) % SHARDS;
        return new Overflow.Name(item.rule(), item.limit(), shard);
    }

    /** Notes that a key was seen. To be called with the entry locked. */
    void seen(Entry entry, int second) {
        if (entry.secondsUnseen(second) == 0) {
            return;
        }
        if (!entry.isProtected()) {
            if (protectedPlaces.incrementAndGet() <= maxKeys / 2) {
                entry.protect();
            } else {
                protectedPlaces.decrementAndGet();
            }
        }
        entry.seen(second);
    }

    /** Forgets a key, whatever it holds. What is counted in an overflow entry stays, but for leases. */
    void remove(ItemKey key) {
        if (key.kind() == ItemKind.LEASE && overflowCount.get() > 0) {
            for (Overflow overflow : overflows.values()) {
                if (overflow.entry() instanceof LeaseEntry leases) {
                    synchronized (leases) {
                        leases.forget(key);
                    }
                }
            }
        }
        Entry entry = entries.get(key);
        if (entry != null) {
            synchronized (entry) {
                if (!entry.isDropped()) {
                    drop(entry);
                }
            }
        }
    }

    private void drop(Entry entry) {
        entry.drop();
        entries.remove(entry, entry);
        places.decrementAndGet();
        if (entry.isProtected()) {
            protectedPlaces.decrementAndGet();
        }
    }

    /** Lets the hand look at some entries, unless another thread is at it. */
    private void sweep(int looks, long now, int second) {
        if (!handLock.tryLock()) {
            return;
        }
        try {
            for (int i = 0; i < looks; i++) {
                if (!hand.hasNext() || places.get() > handRenewAt) {
                    // A hand that is older than the last growth of the map keeps the smaller map alive.
                    hand = entries.values().iterator();
                    handRenewAt = Math.max(SHARDS, places.get() * 2);
                    if (!hand.hasNext()) {
                        break;
                    }
                }
                dropIfIdle(hand.next(), now, second);
            }
            if (overflowCount.get() > 0) {
                sweepOverflow(now, second);
            }
        } finally {
            handLock.unlock();
        }
    }

    private void dropIfIdle(Entry entry, long now, int second) {
        synchronized (entry) {
            int kept = entry.isProtected() ? PROTECTED_SECONDS : IDLE_SECONDS;
            if (entry.isDropped() || entry.secondsUnseen(second) < kept) {
                return;
            }
            if (entry.isWhole(entry.isProtected() ? now - PROTECTED_NANOS : now)) {
                drop(entry);
            }
        }
    }

    private void sweepOverflow(long now, int second) {
        if (!overflowHand.hasNext()) {
            overflowHand = overflows.values().iterator();
        }
        if (overflowHand.hasNext()) {
            Overflow overflow = overflowHand.next();
            synchronized (overflow.entry()) {
                Entry entry = overflow.entry();
                // A fresh one is whole, and dropped at once it would send the charge that made it round for ever.
                if (!entry.isDropped() && entry.secondsUnseen(second) >= IDLE_SECONDS && entry.isWhole(now)) {
                    entry.drop();
                    overflows.remove(overflow.name(), overflow);
                    overflowCount.decrementAndGet();
                }
            }
        }
    }

    /** Gives back a named lease that is counted in an overflow entry. */
    void releaseFromOverflow(ItemKey key, String leaseId) {
        if (overflowCount.get() == 0) {
            return;
        }
        for (Overflow overflow : overflows.values()) {
            if (overflow.entry() instanceof LeaseEntry leases) {
                MemoryLease lease;
                synchronized (leases) {
                    lease = leases.find(key, leaseId);
                }
                if (lease != null) {
                    lease.release();
                }
            }
        }
    }
}
