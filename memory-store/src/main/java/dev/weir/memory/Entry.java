// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.Verdict;

/**
 * What the table holds for one key, and that key itself: there may be millions. One that many keys share bears the name of
 * the first of them. Guarded by its own monitor, every field and method but those of the key.
 *
 * <p>Times are nanoseconds since the store was opened, so they never overflow and are never negative.
 */
abstract sealed class Entry extends ItemKey permits BucketEntry, RollingEntry, LeaseEntry {

    private static final int DROPPED = 1;
    private static final int PROTECTED = 2;
    private static final int FRESH = 4;
    private static final int FLAGS = DROPPED | PROTECTED | FRESH;
    private static final int SECOND_SHIFT = 3;
    private static final int MOST_AHEAD = 3600;

    /* The second in which it was last seen, modulo 2^29, and three flags, in one int: there may be millions of entries. */
    private int stamp;

    Entry(ItemKey key, int second) {
        super(key);
        this.stamp = (second << SECOND_SHIFT) | FRESH;
    }

    static Entry of(ChargeItem item, long now, int second) {
        return switch (item.kind()) {
            case BUCKET -> new BucketEntry(item, now, second);
            case ROLLING -> new RollingEntry(item, second);
            case LEASE -> new LeaseEntry(item, second);
        };
    }

    final boolean isDropped() {
        return (stamp & DROPPED) != 0;
    }

    final void drop() {
        stamp |= DROPPED;
    }

    /**
     * Answers whether nothing was charged here yet, and makes it untrue. The limit of a fresh entry is that of the charge
     * that made it, which may come to its lock behind one that is held to an older limit: that one finds no limit then.
     */
    final boolean begin() {
        boolean fresh = (stamp & FRESH) != 0;
        stamp &= ~FRESH;
        return fresh;
    }

    final boolean isProtected() {
        return (stamp & PROTECTED) != 0;
    }

    final void protect() {
        stamp |= PROTECTED;
    }

    /** How many seconds ago it was last seen, modulo 17 years; below zero if that was up to an hour after the given second. */
    final int secondsUnseen(int second) {
        int age = second - (stamp >> SECOND_SHIFT) + MOST_AHEAD;
        return ((age << SECOND_SHIFT) >>> SECOND_SHIFT) - MOST_AHEAD;
    }

    final void seen(int second) {
        stamp = (second << SECOND_SHIFT) | (stamp & FLAGS);
    }

    /** Takes up the limit of an item if it is newer than what is in force, and goes on to the given time. */
    abstract void advance(Limit limit, long now);

    /** Whether there is enough for an item. */
    abstract Verdict check(ChargeItem item, long now);

    /** Takes what an item costs; it has been checked. */
    abstract void take(ChargeItem item, long now);

    /** Takes what an item costs without asking. */
    abstract void settle(ChargeItem item, long now);

    /** Writes what is left into an item. */
    abstract void report(ChargeItem item, long now);

    /** Whether it holds nothing that a new entry would not hold, and did so at the given time already. */
    abstract boolean isWhole(long at);

    /** Makes it whole. */
    abstract void refill();

    /** Begins at the level of an overflow entry in which this key was counted until now. */
    abstract void inherit(Entry overflow, long now);
}
