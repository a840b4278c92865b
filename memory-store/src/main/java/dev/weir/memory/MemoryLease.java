// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import org.jspecify.annotations.Nullable;

/** One lease, and its place in the list of its entry. Links and flag are guarded by the lock of its home. */
final class MemoryLease implements Lease {

    private final ItemKey key;
    final @Nullable String id;
    volatile LeaseEntry home;

    @Nullable MemoryLease previous;

    @Nullable MemoryLease next;

    private boolean released;

    MemoryLease(LeaseEntry home, ItemKey key, @Nullable String id) {
        this.home = home;
        this.key = key;
        this.id = id;
    }

    @Override
    public ItemKey key() {
        return key;
    }

    /** Its home may change while this waits for the lock: then it tries again at the new one. */
    @Override
    @SuppressWarnings("ReferenceEquality") // two homes of one key are equal, and yet two
    public void release() {
        while (true) {
            LeaseEntry entry = home;
            synchronized (entry) {
                if (entry == home) {
                    end();
                    return;
                }
            }
        }
    }

    /** To be called with its home locked. */
    void end() {
        if (!released) {
            released = true;
            home.unlink(this);
        }
    }
}
