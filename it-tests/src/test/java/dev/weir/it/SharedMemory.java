// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import dev.weir.memory.MemoryStore;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Outcome;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A store that several limiters share and a test can switch off, as a whole or for the items of some rules, as if those were kept
 * elsewhere. It counts in memory; what it takes back is leases. Thread-safe.
 */
final class SharedMemory implements SharedRateLimitStore {

    final AtomicInteger charges = new AtomicInteger();
    final AtomicInteger beats = new AtomicInteger();
    volatile boolean dead;
    volatile int instances = 1;
    volatile Set<String> goneRules = Set.of();
    final AtomicInteger undone = new AtomicInteger();
    private final Set<Lease> known = ConcurrentHashMap.newKeySet();
    private final MemoryStore store;

    SharedMemory(TimeSource time) {
        this.store = new MemoryStore(10_000, time);
    }

    @Override
    public int heartbeat(long deadlineNanos) {
        beats.incrementAndGet();
        return dead ? 0 : instances;
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        charges.incrementAndGet();
        if (dead) {
            charge.fail(Outcome.PERHAPS_SENT, new IllegalStateException("switched off"));
        } else if (charge.items().stream().anyMatch(this::isGone)) {
            chargePartly(charge, deadlineNanos);
        } else {
            store.charge(charge, deadlineNanos);
            charge.items().stream()
                    .map(ChargeItem::lease)
                    .filter(Objects::nonNull)
                    .forEach(known::add);
        }
    }

    private boolean isGone(ChargeItem item) {
        return goneRules.contains(item.rule());
    }

    private void chargePartly(Charge charge, long deadlineNanos) {
        Charge reached = new Charge(charge.size());
        for (ChargeItem item : charge.items()) {
            if (isGone(item)) {
                item.verdict(Verdict.UNDECIDED);
            } else {
                reached.add(item);
            }
        }
        store.charge(reached, deadlineNanos);
        if (reached.outcome() != Outcome.ADMITTED) {
            charge.decide(reached.outcome());
            return;
        }
        // Memory hands out the same lease again for an id that is held.
        List<Lease> taken = reached.items().stream()
                .map(ChargeItem::lease)
                .filter(lease -> lease != null && known.add(lease))
                .toList();
        charge.decidePartly(
                () -> {
                    undone.incrementAndGet();
                    taken.forEach(Lease::release);
                },
                new IllegalStateException("one place is gone"));
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        store.release(key, leaseId);
    }

    @Override
    public void refill(ItemKey key) {
        store.refill(key);
    }

    @Override
    public void remove(ItemKey key) {
        store.remove(key);
    }

    @Override
    public void close() {
        store.close();
    }
}
