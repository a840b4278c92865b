// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The store that is plainly right: one lock, one map, arbitrary precision, nothing forgotten. The model that others are
 * compared with. Thread-safe.
 */
class NaiveStore implements RateLimitStore {

    private final TimeSource time;
    private final Map<Object, NaiveCount> counts = new HashMap<>();
    private boolean closed;

    NaiveStore(TimeSource time) {
        this.time = time;
    }

    @Override
    public synchronized void charge(Charge charge, long deadlineNanos) {
        if (closed) {
            charge.fail(Outcome.NOT_SENT, null);
            return;
        }
        long now = now();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            NaiveCount count = count(item, now);
            count.advance(now);
            if (adopts(item.limit(), count.limit())) {
                count.adopt(item.limit());
            }
            item.verdict(verdict(item, count));
        }
        Outcome outcome = outcome(charge);
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            NaiveCount count = count(item, now);
            if (item.action() == Action.SETTLE) {
                settle(item, count);
            } else if (takes(item, outcome)) {
                take(item, count);
            }
            item.holdTo(count.limit());
            for (int rate = 0; rate < count.limit().size(); rate++) {
                report(item, rate, count);
            }
        }
        charge.decide(outcome);
    }

    /** {@return whether a key holds nothing that a new one would not hold, so that a store may have forgotten it} */
    synchronized boolean isWhole(ItemKey key) {
        NaiveCount count = counts.get(name(key));
        if (count != null) {
            count.advance(now());
        }
        return count == null || count.isWhole();
    }

    long now() {
        return time.nanoTime();
    }

    NaiveCount count(ItemKey key, long now) {
        return counts.computeIfAbsent(name(key), name -> newCount(((ChargeItem) key).limit(), now));
    }

    NaiveCount newCount(Limit limit, long now) {
        return switch (limit.kind()) {
            case BUCKET -> new NaiveCount.Bucket(limit, now);
            case ROLLING -> new NaiveCount.Log(limit, now);
            case LEASE -> new NaiveCount.Leases(limit);
        };
    }

    Object name(ItemKey key) {
        return key.plain();
    }

    boolean adopts(Limit wanted, Limit stored) {
        return wanted.version() > stored.version();
    }

    Verdict verdict(ChargeItem item, NaiveCount count) {
        if (item.action() == Action.SETTLE || held(item, count) != null) {
            return Verdict.PASSED;
        }
        Verdict verdict = Verdict.PASSED;
        for (int i = 0; i < count.limit().size(); i++) {
            if (item.cost() > count.limit().capacity(i)) {
                return Verdict.IMPOSSIBLE;
            }
            if (item.cost() > count.available(i)) {
                verdict = Verdict.REFUSED;
            }
        }
        return verdict;
    }

    Outcome outcome(Charge charge) {
        return charge.outcomeOfVerdicts();
    }

    boolean takes(ChargeItem item, Outcome outcome) {
        return switch (item.action()) {
            case TAKE -> outcome == Outcome.ADMITTED;
            case WATCH -> item.verdict() == Verdict.PASSED;
            case LOOK, GLANCE, SETTLE -> false;
        };
    }

    void take(ChargeItem item, NaiveCount count) {
        if (count instanceof NaiveCount.Leases leases) {
            Lease held = held(item, count);
            item.lease(held == null ? leases.take(this, item.plain(), item.leaseId()) : held);
        } else {
            count.take(item.cost());
        }
    }

    @Nullable Lease held(ChargeItem item, NaiveCount count) {
        return count instanceof NaiveCount.Leases leases ? leases.find(item.leaseId()) : null;
    }

    void settle(ChargeItem item, NaiveCount count) {
        long room = Long.MAX_VALUE;
        for (int i = 0; i < count.limit().size(); i++) {
            room = Math.min(room, count.available(i) + count.limit().capacity(i));
        }
        if (room > 0) {
            count.take(Math.min(room, item.cost()));
        }
    }

    /** Writes the numbers of a rate. */
    void report(ChargeItem item, int rate, NaiveCount count) {
        long available = Math.max(0, count.available(rate));
        long wait = item.verdict() == Verdict.PASSED ? 0 : count.nanosUntil(rate, item.cost());
        long reset = count.nanosUntil(rate, count.limit().capacity(rate));
        item.report(rate, available, wait, reset);
    }

    synchronized boolean release(NaiveCount.Leases leases, Lease lease) {
        return leases.release(lease);
    }

    @Override
    public synchronized void release(ItemKey key, String leaseId) {
        if (counts.get(name(key)) instanceof NaiveCount.Leases leases) {
            Lease lease = leases.find(leaseId);
            if (lease != null) {
                lease.release();
            }
        }
    }

    @Override
    public synchronized void refill(ItemKey key) {
        NaiveCount count = counts.get(name(key));
        if (count != null) {
            count.refill();
        }
    }

    @Override
    public synchronized void remove(ItemKey key) {
        counts.remove(name(key));
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
