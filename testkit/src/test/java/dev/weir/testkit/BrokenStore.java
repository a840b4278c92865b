// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Fault.*;

import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/** The naive store with one fault. */
final class BrokenStore extends NaiveStore {

    private final Fault fault;
    private final ManualClock clock;
    private final Map<ItemKey, Lock> locks = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private long largest = Long.MIN_VALUE;
    private int releases;

    BrokenStore(Fault fault, ManualClock clock) {
        super(clock);
        this.fault = fault;
        this.clock = clock;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // some of the faults are just that
    public void charge(Charge charge, long deadlineNanos) {
        if (closed) {
            throw new IllegalStateException("closed");
        }
        switch (fault) {
            case NOT_ATOMIC -> chargeInTwoSteps(charge);
            case ITEM_BY_ITEM -> chargeItemByItem(charge);
            case LOCKS_IN_ORDER_OF_ITEMS -> chargeLocked(charge, 0);
            default -> super.charge(charge, deadlineNanos);
        }
    }

    private void chargeInTwoSteps(Charge charge) {
        Charge looked = new Charge(charge.size());
        charge.items().forEach(item -> looked.add(item.action() == Action.TAKE ? item.as(Action.LOOK) : item));
        super.charge(looked, 0);
        if (looked.outcome() != Outcome.ADMITTED) {
            super.charge(charge, 0);
            return;
        }
        LockSupport.parkNanos(200_000); // long enough for others to come in between on a busy machine
        synchronized (this) {
            for (ChargeItem item : charge.items()) {
                NaiveCount count = count(item, now());
                if (takes(item, Outcome.ADMITTED)) {
                    take(item, count);
                }
            }
        }
        charge.decide(Outcome.ADMITTED);
    }

    private void chargeItemByItem(Charge charge) {
        charge.decide(Outcome.ADMITTED);
        for (ChargeItem item : charge.items()) {
            Charge one = Charge.of(item);
            super.charge(one, 0);
            if (one.outcome() != Outcome.ADMITTED) {
                charge.decide(one.outcome());
                return;
            }
        }
    }

    private void chargeLocked(Charge charge, int index) {
        if (index == charge.size()) {
            super.charge(charge, 0);
            return;
        }
        Lock lock = locks.computeIfAbsent(charge.item(index).plain(), key -> new ReentrantLock());
        lock.lock();
        try {
            LockSupport.parkNanos(200_000); // long enough for others to come in between on a busy machine
            chargeLocked(charge, index + 1);
        } finally {
            lock.unlock();
        }
    }

    @Override
    long now() {
        return switch (fault) {
            case USES_THE_WALL_CLOCK ->
                Duration.between(Instant.EPOCH, clock.now()).toNanos();
            case COMPARES_READINGS_BY_SIZE -> largestReading();
            default -> super.now();
        };
    }

    private long largestReading() {
        largest = Math.max(largest, super.now());
        return largest;
    }

    @Override
    NaiveCount newCount(Limit limit, long now) {
        NaiveCount broken = BrokenCounts.of(fault, limit, now);
        return broken == null ? super.newCount(limit, now) : broken;
    }

    @Override
    Object name(ItemKey key) {
        Object within = key.within() == null ? null : key.within().value();
        return switch (fault) {
            case JOINS_THE_TEXT_OF_KEYS ->
                key.kind() + ":" + key.rule() + ":" + key.per().scope() + ":" + (within == null ? "" : within + ":")
                        + key.per().value();
            case FORGETS_THE_SCOPE ->
                Arrays.asList(key.kind(), key.rule(), within, key.per().value());
            case FORGETS_THE_KIND -> Arrays.asList(key.rule(), key.within(), key.per());
            default -> super.name(key);
        };
    }

    @Override
    boolean adopts(Limit wanted, Limit stored) {
        return switch (fault) {
            case IGNORES_NEW_LIMITS -> false;
            case IGNORES_VERSIONS -> true;
            default -> super.adopts(wanted, stored);
        };
    }

    @Override
    NaiveCount count(ItemKey key, long now) {
        if (fault == FORGETS_WHEN_RECONFIGURED
                && key instanceof ChargeItem item
                && adopts(item.limit(), super.count(key, now).limit())) {
            super.remove(key);
        }
        return super.count(key, now);
    }

    @Override
    Verdict verdict(ChargeItem item, NaiveCount count) {
        Verdict verdict = super.verdict(item, count);
        return switch (fault) {
            case IMPOSSIBLE_IS_REFUSED -> verdict == Verdict.IMPOSSIBLE ? Verdict.REFUSED : verdict;
            case IMPOSSIBLE_IS_ADMITTED -> verdict == Verdict.IMPOSSIBLE ? Verdict.PASSED : verdict;
            case REFUSES_THE_LAST_ONE ->
                item.cost() == count.available(0) && verdict == Verdict.PASSED ? Verdict.REFUSED : verdict;
            case ADMITS_ONE_TOO_MANY ->
                item.cost() == count.available(0) + 1 && verdict == Verdict.REFUSED ? Verdict.PASSED : verdict;
            case CALLS_THE_CAPACITY_IMPOSSIBLE ->
                item.cost() == count.limit().capacity(0) && verdict == Verdict.REFUSED ? Verdict.IMPOSSIBLE : verdict;
            case ONLY_FIRST_RATE_HOLDS ->
                verdict == Verdict.REFUSED && item.cost() <= count.available(0) ? Verdict.PASSED : verdict;
            case SETTLE_REFUSED ->
                item.action() == Action.SETTLE ? super.verdict(item.as(Action.TAKE), count) : verdict;
            default -> verdict;
        };
    }

    @Override
    Outcome outcome(Charge charge) {
        boolean all = fault == WATCH_REFUSES;
        boolean refused = charge.items().stream()
                .anyMatch(item -> item.verdict() != Verdict.PASSED && (all || item.action() == Action.SETTLE));
        return refused ? Outcome.REFUSED : super.outcome(charge);
    }

    @Override
    boolean takes(ChargeItem item, Outcome outcome) {
        boolean passed = item.verdict() == Verdict.PASSED;
        return switch (fault) {
            case LOOK_TAKES -> super.takes(item, outcome) || (item.action() == Action.LOOK && passed);
            case GLANCE_TAKES -> super.takes(item, outcome) || (item.action() == Action.GLANCE && passed);
            case REFUSAL_TAKES -> super.takes(item, outcome) || (item.action() == Action.TAKE && passed);
            case WATCH_FALLS_WITH_THE_CHARGE -> super.takes(item, outcome) && outcome == Outcome.ADMITTED;
            default -> super.takes(item, outcome);
        };
    }

    @Override
    void take(ChargeItem item, NaiveCount count) {
        if (fault == ROLLING_COUNTS_CHARGES && count instanceof NaiveCount.Log) {
            count.take(1);
        } else {
            super.take(item, count);
        }
    }

    @Override
    Lease held(ChargeItem item, NaiveCount count) {
        return fault == NAMED_LEASE_COUNTS_TWICE ? null : super.held(item, count);
    }

    @Override
    void settle(ChargeItem item, NaiveCount count) {
        switch (fault) {
            case SETTLE_WITHOUT_FLOOR -> count.take(item.cost());
            case SETTLE_STOPS_AT_ZERO -> count.take(Math.max(0, Math.min(count.available(0), item.cost())));
            case SETTLE_HAS_A_FLOOR_FOR_EACH_RATE ->
                count.take(Math.min(
                        item.cost(), count.available(0) + 2 * count.limit().capacity(0)));
            default -> super.settle(item, count);
        }
    }

    @Override
    void report(ChargeItem item, int rate, NaiveCount count) {
        super.report(item, rate, count);
        long available = item.available(rate);
        long wait = item.waitNanos(rate);
        long reset = item.resetNanos(rate);
        switch (fault) {
            case WAIT_ROUNDED_DOWN -> item.report(rate, available, down(wait), reset);
            case WAIT_ROUNDED_UP -> item.report(rate, available, wait == 0 ? 0 : down(wait) + 1000, reset);
            case RESET_IS_THE_WAIT -> item.report(rate, available, wait, wait);
            case FIRST_RATE_SPEAKS_FOR_ALL ->
                item.report(rate, item.available(0), item.waitNanos(0), item.resetNanos(0));
            case STATES_MORE_THAN_IS_LEFT -> item.report(rate, available + 1, wait, reset);
            default -> {}
        }
    }

    private static long down(long nanos) {
        return nanos == Long.MAX_VALUE ? nanos : nanos / 1000 * 1000;
    }

    @Override
    synchronized boolean release(NaiveCount.Leases leases, Lease lease) {
        if (fault == LOSES_A_RELEASE_IN_A_HUNDRED && ++releases % 100 == 0) {
            return false;
        }
        boolean released = super.release(leases, lease);
        return released
                || (fault == LEASE_RELEASED_TWICE_FREES_TWO
                        && leases.any() != null
                        && super.release(leases, leases.any()));
    }

    @Override
    public synchronized void release(ItemKey key, String leaseId) {
        switch (fault) {
            case RELEASE_BY_ID_DOES_NOTHING -> {}
            case RELEASE_OF_AN_UNKNOWN_ID_FREES_ONE -> freeOne(key);
            default -> super.release(key, leaseId);
        }
    }

    private synchronized void freeOne(ItemKey key) {
        LeaseLimit none = new LeaseLimit(1, Long.MIN_VALUE);
        ChargeItem item = new ChargeItem(Action.LOOK, none, key.rule(), key.within(), key.per(), 1);
        NaiveCount.Leases leases = (NaiveCount.Leases) count(item, now());
        release(leases, leases.any());
    }

    @Override
    public synchronized void refill(ItemKey key) {
        if (fault == REFILL_ENDS_LEASES) {
            super.remove(new ItemKey(ItemKind.LEASE, key.rule(), key.within(), key.per()));
        }
        if (fault != REFILL_DOES_NOTHING) {
            super.refill(key);
        }
    }

    @Override
    public synchronized void remove(ItemKey key) {
        if (fault != REMOVE_DOES_NOTHING) {
            super.remove(key);
        }
    }

    @Override
    public synchronized void close() {
        switch (fault) {
            case CLOSE_DOES_NOTHING -> {}
            case THROWS_WHEN_CLOSED -> closed = true;
            default -> super.close();
        }
    }
}
