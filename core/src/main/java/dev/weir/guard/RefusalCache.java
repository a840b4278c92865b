// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Refuses, without asking the store, whoever was refused a moment ago: until he could pass, or for a second, whichever is
 * sooner. Then one thread asks again, and the others go on being refused for at most one deadline more.
 *
 * <p>Buckets and rolling logs only, and not in shadow mode. Thread-safe, without locks, and bounded.
 */
final class RefusalCache {

    /** The most refusals that are remembered. */
    static final int MAX_ENTRIES = 10_000;

    private static final int WAYS = 4;
    private static final int SETS = Integer.highestOneBit(MAX_ENTRIES / WAYS);
    private static final int MIX = 0x9E3779B9;
    private static final int SHIFT = Integer.SIZE - Integer.numberOfTrailingZeros(SETS);

    /* Design: a key has four places where it can be, found by its hash, and no others. Who finds them taken takes that of
     * the refusal that ends first. So a flood of keys can neither make this grow nor make anybody search; at worst it
     * pushes out refusals, and the store is asked once more. */
    private final AtomicReferenceArray<@Nullable RememberedRefusal> places = new AtomicReferenceArray<>(SETS * WAYS);

    /** When the last refusal is of no more use, by the monotonic clock; 0 while there is none: the only thing read then. */
    private final AtomicLong usefulUntil = new AtomicLong();

    private final TimeSource time;

    RefusalCache(TimeSource time) {
        this.time = time;
    }

    /** Refuses a charge from memory, or leaves it as it was and answers false: then the store is to be asked. */
    boolean refuses(Charge charge, long deadlineNanos) {
        return usefulUntil.get() != 0 && refusesAt(charge, deadlineNanos, time.nanoTime());
    }

    private boolean refusesAt(Charge charge, long deadlineNanos, long now) {
        long until = usefulUntil.get();
        if (until == 0 || now - until >= 0) {
            usefulUntil.compareAndSet(until, 0);
            return false;
        }
        if (settles(charge) || !(refusesLive(charge, now) || refusesWhileOneAsks(charge, deadlineNanos, now))) {
            return false;
        }
        charge.decide(Outcome.REFUSED);
        return true;
    }

    /** What is settled is taken whatever becomes of the others, so such a charge must reach the store. */
    private static boolean settles(Charge charge) {
        for (int i = 0; i < charge.size(); i++) {
            if (charge.item(i).action() == Action.SETTLE) {
                return true;
            }
        }
        return false;
    }

    private boolean refusesLive(Charge charge, long now) {
        boolean refused = false;
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            RememberedRefusal known = find(item);
            if (known != null && known.isLive(now) && known.covers(item)) {
                if (!refused) {
                    leaveUndecided(charge, 0, i);
                }
                known.refuse(item, now);
                refused = true;
            } else if (refused) {
                item.verdict(Verdict.UNDECIDED);
            }
        }
        return refused;
    }

    /** The first to come becomes the one who asks, for all items that are due, or for none. */
    private boolean refusesWhileOneAsks(Charge charge, long deadlineNanos, long now) {
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            RememberedRefusal due = due(item, deadlineNanos, now);
            if (due != null && !due.tryAsk()) {
                for (int mine = 0; mine < i; mine++) {
                    RememberedRefusal other = due(charge.item(mine), deadlineNanos, now);
                    if (other != null) {
                        other.giveBack();
                    }
                }
                leaveUndecided(charge, 0, charge.size());
                due.refuse(item, now);
                return true;
            }
        }
        return false;
    }

    private @Nullable RememberedRefusal due(ChargeItem item, long deadlineNanos, long now) {
        RememberedRefusal known = find(item);
        return known != null && known.isDue(now, deadlineNanos) && known.covers(item) ? known : null;
    }

    private static void leaveUndecided(Charge charge, int from, int to) {
        for (int i = from; i < to; i++) {
            charge.item(i).verdict(Verdict.UNDECIDED);
        }
    }

    /** Takes note of what the store has decided. */
    void learn(Charge charge, long deadlineNanos) {
        boolean empty = usefulUntil.get() == 0;
        if (empty && charge.outcome() == Outcome.ADMITTED) {
            return;
        }
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (!counts(item)) {
                continue;
            }
            if (item.verdict() == Verdict.REFUSED) {
                remember(item, deadlineNanos);
            } else if (!empty && item.verdict() == Verdict.PASSED) {
                RememberedRefusal known = find(item);
                if (known != null && known.isDisprovedBy(item)) {
                    forget(item);
                }
            }
        }
    }

    /** Whether an item is one whose refusal is worth remembering. */
    private static boolean counts(ChargeItem item) {
        boolean refuses = item.action() == Action.TAKE || item.action() == Action.LOOK;
        return refuses && item.kind() != ItemKind.LEASE;
    }

    private void remember(ChargeItem item, long deadlineNanos) {
        if (item.waitNanos() == 0) {
            return; // a store that is out of order: whoever need not wait is not refused
        }
        RememberedRefusal refusal = new RememberedRefusal(item, time.nanoTime());
        int first = firstPlace(item);
        int chosen;
        RememberedRefusal before;
        do {
            chosen = choose(first, item);
            before = places.get(chosen);
        } while (!places.compareAndSet(chosen, before, refusal));
        extend(refusal.untilNanos() + deadlineNanos);
    }

    /** The place where the key is, else one that is free, else the one that is free first. */
    private int choose(int first, ItemKey key) {
        int chosen = first;
        RememberedRefusal inChosen = places.get(first);
        for (int place = first; place < first + WAYS; place++) {
            RememberedRefusal there = places.get(place);
            if (there != null && there.isOf(key)) {
                return place;
            }
            if (inChosen != null && (there == null || there.untilNanos() - inChosen.untilNanos() < 0)) {
                chosen = place;
                inChosen = there;
            }
        }
        return chosen;
    }

    private void extend(long until) {
        long least = until == 0 ? 1 : until;
        long seen = usefulUntil.get();
        while ((seen == 0 || least - seen > 0) && !usefulUntil.compareAndSet(seen, least)) {
            seen = usefulUntil.get();
        }
    }

    /** What is remembered of an item, unless it comes with newer numbers: then all that was said of it is forgotten. */
    private @Nullable RememberedRefusal find(ChargeItem item) {
        if (!counts(item)) {
            return null;
        }
        int first = firstPlace(item);
        for (int place = first; place < first + WAYS; place++) {
            RememberedRefusal there = places.get(place);
            if (there != null && there.isOf(item)) {
                if (!there.isOlderThan(item)) {
                    return there;
                }
                places.compareAndSet(place, there, null);
            }
        }
        return null;
    }

    /** Forgets what is known of a key. */
    void forget(ItemKey key) {
        int first = firstPlace(key);
        for (int place = first; place < first + WAYS; place++) {
            RememberedRefusal there = places.get(place);
            if (there != null && there.isOf(key)) {
                places.compareAndSet(place, there, null);
            }
        }
    }

    private static int firstPlace(ItemKey key) {
        return ((key.hashCode() * MIX) >>> SHIFT) * WAYS;
    }

    /** How many refusals are remembered, those included that are of no more use. */
    int size() {
        int size = 0;
        for (int place = 0; place < places.length(); place++) {
            size += places.get(place) == null ? 0 : 1;
        }
        return size;
    }
}
