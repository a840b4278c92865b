// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.RateLimitStore;
import java.util.function.Consumer;

/** A store that does with a charge what a test says, and nothing else. */
final class FaultyStore implements RateLimitStore {

    private final Consumer<Charge> fault;

    private FaultyStore(Consumer<Charge> fault) {
        this.fault = fault;
    }

    static FaultyStore of(Consumer<Charge> fault) {
        return new FaultyStore(fault);
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        fault.accept(charge);
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        // It holds nothing.
    }

    @Override
    public void refill(ItemKey key) {
        // It holds nothing.
    }

    @Override
    public void remove(ItemKey key) {
        // It holds nothing.
    }

    @Override
    public void close() {
        // It holds nothing.
    }
}
