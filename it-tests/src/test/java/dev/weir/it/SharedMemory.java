// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import dev.weir.memory.MemoryStore;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Outcome;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.time.TimeSource;
import java.util.concurrent.atomic.AtomicInteger;

/** A store that several limiters share and a test can switch off. It counts in memory. Thread-safe. */
final class SharedMemory implements SharedRateLimitStore {

    final AtomicInteger charges = new AtomicInteger();
    final AtomicInteger beats = new AtomicInteger();
    volatile boolean dead;
    volatile int instances = 1;
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
        } else {
            store.charge(charge, deadlineNanos);
        }
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
