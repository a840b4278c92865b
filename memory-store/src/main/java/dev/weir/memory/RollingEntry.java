// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;

/**
 * A rolling log: the times of what was taken, oldest first, in a ring. A time counts for a rate until one period of it has
 * passed.
 */
final class RollingEntry extends Entry {

    private static final int FIRST_CAPACITY = 4;

    private RollingLimit limit;
    private long[] times = new long[FIRST_CAPACITY];
    private int head;
    private int size;

    RollingEntry(ChargeItem item, int second) {
        super(item, second);
        this.limit = (RollingLimit) item.limit();
    }

    /** What no rate in force counts is gone before a new limit comes, or a longer period would depend on who has looked. */
    @Override
    void advance(Limit wanted, long now) {
        long longest = 0;
        for (int i = 0; i < limit.size(); i++) {
            longest = Math.max(longest, limit.periodNanos(i));
        }
        while (size > 0 && now - times[head] >= longest) {
            head = (head + 1) % times.length;
            size--;
        }
        if (times.length > FIRST_CAPACITY && size < times.length / 4) {
            resize(Math.max(FIRST_CAPACITY, times.length / 2)); // what a burst took is given back
        }
        if ((begin() && wanted != limit) || wanted.version() > limit.version()) {
            limit = (RollingLimit) wanted;
        }
    }

    private long time(int index) {
        return times[(head + index) % times.length];
    }

    /** How many times, all younger than the period of a rate, count for it. */
    private int live(int rate, long now) {
        long period = limit.periodNanos(rate);
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (now - time(middle) >= period) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return size - low;
    }

    @Override
    Verdict check(ChargeItem item, long now) {
        Verdict verdict = Verdict.PASSED;
        for (int i = 0; i < limit.size(); i++) {
            if (item.cost() > limit.amount(i)) {
                return Verdict.IMPOSSIBLE;
            }
            if (live(i, now) + item.cost() > limit.amount(i)) {
                verdict = Verdict.REFUSED;
            }
        }
        return verdict;
    }

    @Override
    void take(ChargeItem item, long now) {
        add((int) item.cost(), now);
    }

    @Override
    void settle(ChargeItem item, long now) {
        long room = Long.MAX_VALUE;
        for (int i = 0; i < limit.size(); i++) {
            room = Math.min(room, 2 * limit.amount(i) - live(i, now));
        }
        add((int) Math.max(0, Math.min(item.cost(), room)), now);
    }

    private void add(int count, long now) {
        // The clock is read under the lock; one that went back all the same would put the times out of order.
        long at = size == 0 ? now : Math.max(now, time(size - 1));
        if (size + count > times.length) {
            resize(Math.max(size + count, (int) Math.min(mostEntries(), times.length + times.length / 2)));
        }
        for (int i = 0; i < count; i++) {
            times[(head + size++) % times.length] = at;
        }
    }

    /** How many there can be, but for what is settled. */
    private long mostEntries() {
        long most = FIRST_CAPACITY;
        for (int i = 0; i < limit.size(); i++) {
            most = Math.max(most, limit.amount(i));
        }
        return most;
    }

    private void resize(int capacity) {
        long[] resized = new long[capacity];
        for (int i = 0; i < size; i++) {
            resized[i] = time(i);
        }
        times = resized;
        head = 0;
    }

    @Override
    void report(ChargeItem item, long now) {
        item.holdTo(limit);
        for (int i = 0; i < limit.size(); i++) {
            int live = live(i, now);
            long wait = item.verdict() == Verdict.PASSED ? 0 : waitNanos(item, i, live, now);
            long reset = live == 0 ? 0 : time(size - 1) + limit.periodNanos(i) - now;
            item.report(i, Math.max(0, limit.amount(i) - live), wait, reset);
        }
    }

    private long waitNanos(ChargeItem item, int rate, int live, long now) {
        if (item.cost() > limit.amount(rate)) {
            return Long.MAX_VALUE;
        }
        int mustLeave = (int) (live + item.cost() - limit.amount(rate));
        if (mustLeave <= 0) {
            return 0;
        }
        long lastToLeave = time(size - live + mustLeave - 1);
        return lastToLeave + limit.periodNanos(rate) - now;
    }

    @Override
    boolean isWhole(long at) {
        for (int i = 0; i < limit.size(); i++) {
            if (live(i, at) > 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    void refill() {
        size = 0;
    }

    @Override
    void inherit(Entry overflow, long now) {
        begin();
        RollingEntry shared = (RollingEntry) overflow;
        shared.advance(shared.limit, now);
        limit = shared.limit;
        times = shared.times.clone();
        head = shared.head;
        size = shared.size;
    }
}
