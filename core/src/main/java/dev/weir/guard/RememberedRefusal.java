// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Verdict;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a store said when it refused an item, with the time that has gone by since. Thread-safe. */
final class RememberedRefusal {

    /** The longest that a refusal is answered from memory: so long may it take until a refilled key is noticed. */
    static final long LIFE_NANOS = 1_000_000_000;

    private final ItemKey key;
    private final Limit limit;
    private final long version;
    private final long cost;
    private final long heardNanos;
    private final long untilNanos;
    private final long[] available;
    private final long[] waitNanos;
    private final long[] resetNanos;
    private final AtomicBoolean asked = new AtomicBoolean();

    RememberedRefusal(ChargeItem refused, long now) {
        this.key = refused.plain();
        this.limit = refused.inForce();
        this.version = Math.max(limit.version(), refused.limit().version());
        this.cost = refused.cost();
        this.heardNanos = now;
        this.untilNanos = now + Math.min(refused.waitNanos(), LIFE_NANOS);
        int rates = limit.size();
        this.available = new long[rates];
        this.waitNanos = new long[rates];
        this.resetNanos = new long[rates];
        for (int rate = 0; rate < rates; rate++) {
            available[rate] = refused.available(rate);
            waitNanos[rate] = refused.waitNanos(rate);
            resetNanos[rate] = refused.resetNanos(rate);
        }
    }

    boolean isOf(ItemKey other) {
        return key.equals(other);
    }

    /** The key, to which a thread can tie that it is the one that asks again. */
    long untilNanos() {
        return untilNanos;
    }

    /** Whether what was refused then is surely refused now. */
    boolean isLive(long now) {
        return now - untilNanos < 0;
    }

    /** Whether somebody is to ask again, or may be asking at this moment, with others still being refused. */
    boolean isDue(long now, long deadlineNanos) {
        return now - untilNanos >= 0 && now - untilNanos < deadlineNanos;
    }

    /** Whether it says anything of this item: one that asks for as much or more, by numbers that are no newer. */
    boolean covers(ChargeItem item) {
        return item.cost() >= cost && !isOlderThan(item) && canEverGive(item.cost());
    }

    /** Whether an item has passed that this says is refused, or that comes with newer numbers. */
    boolean isDisprovedBy(ChargeItem passed) {
        return passed.cost() >= cost || isOlderThan(passed);
    }

    boolean isOlderThan(ChargeItem item) {
        return item.limit().version() > version;
    }

    /** That a cost is above a capacity is for the store to say. */
    private boolean canEverGive(long asked) {
        for (int rate = 0; rate < limit.size(); rate++) {
            if (asked > limit.capacity(rate)) {
                return false;
            }
        }
        return true;
    }

    /** Answers true to one thread only, which is to ask the store then, until it gives that back. */
    boolean tryAsk() {
        return asked.compareAndSet(false, true);
    }

    void giveBack() {
        asked.set(false);
    }

    /** Refuses an item that is covered. Whatever has come back since is left out of what it says is there. */
    void refuse(ChargeItem item, long now) {
        long elapsed = Math.max(0, now - heardNanos);
        item.verdict(Verdict.REFUSED);
        item.holdTo(limit);
        for (int rate = 0; rate < limit.size(); rate++) {
            long wait = waitNanos(rate, item.cost());
            // Whoever is refused must wait, if only for the one who is asking just now.
            long left = wait == 0 ? 0 : Math.max(1, wait - elapsed);
            item.report(rate, available[rate], left, Math.max(left, resetNanos[rate] - elapsed));
        }
    }

    /* Design: a larger cost than the one that was refused has longer to wait. Of a bucket that can be said; in a rolling log
     * nobody here knows when the entries leave, so the wait is until all have. */
    private long waitNanos(int rate, long asked) {
        if (asked == cost) {
            return waitNanos[rate];
        }
        long missing = waitNanos[rate] > 0 ? asked - cost : asked - available[rate];
        if (missing <= 0) {
            return waitNanos[rate];
        }
        long whole = Math.max(resetNanos[rate], waitNanos[rate]);
        if (limit.kind() != ItemKind.BUCKET || Math.multiplyHigh(missing, limit.periodNanos(rate)) != 0) {
            return whole;
        }
        long product = missing * limit.periodNanos(rate);
        if (product < 0) {
            return whole;
        }
        long more = product / limit.amount(rate) + 1;
        return whole - waitNanos[rate] <= more ? whole : waitNanos[rate] + more;
    }
}
