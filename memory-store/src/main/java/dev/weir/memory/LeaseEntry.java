// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Verdict;
import org.jspecify.annotations.Nullable;

/** A set of leases, as a list that runs through the leases themselves. */
final class LeaseEntry extends Entry {

    private LeaseLimit limit;
    private @Nullable MemoryLease first;
    private int held;

    LeaseEntry(ChargeItem item, int second) {
        super(item, second);
        this.limit = (LeaseLimit) item.limit();
    }

    @Override
    void advance(Limit wanted, long now) {
        if ((begin() && wanted != limit) || wanted.version() > limit.version()) {
            limit = (LeaseLimit) wanted;
        }
    }

    @Override
    Verdict check(ChargeItem item, long now) {
        return held < limit.max() || find(item, item.leaseId()) != null ? Verdict.PASSED : Verdict.REFUSED;
    }

    /** A lease whose id is held already is handed out again and counts once. */
    @Override
    void take(ChargeItem item, long now) {
        MemoryLease lease = find(item, item.leaseId());
        if (lease == null) {
            lease = new MemoryLease(this, equals(item) ? this : item.plain(), item.leaseId());
            link(lease);
        }
        item.lease(lease);
    }

    @Override
    void settle(ChargeItem item, long now) {
        throw new IllegalArgumentException("leases are not settled");
    }

    @Override
    void report(ChargeItem item, long now) {
        item.holdTo(limit);
        item.report(0, Math.max(0, limit.max() - held), 0, 0);
    }

    @Override
    boolean isWhole(long at) {
        return held == 0;
    }

    @Override
    void refill() {
        // Leases are given back by those who hold them.
    }

    /** Only this key's own leases come along; the others stay counted where they are. */
    @Override
    void inherit(Entry overflow, long now) {
        LeaseEntry shared = (LeaseEntry) overflow;
        MemoryLease lease = shared.first;
        while (lease != null) {
            MemoryLease next = lease.next;
            if (lease.key().equals(this)) {
                shared.unlink(lease);
                lease.home = this;
                link(lease);
            }
            lease = next;
        }
    }

    /** Ends all leases of one key of those that share this set. */
    void forget(ItemKey key) {
        MemoryLease lease = first;
        while (lease != null) {
            MemoryLease next = lease.next;
            if (lease.key().equals(key)) {
                lease.end();
            }
            lease = next;
        }
    }

    @Nullable MemoryLease find(ItemKey key, @Nullable String id) {
        if (id == null) {
            return null;
        }
        for (MemoryLease lease = first; lease != null; lease = lease.next) {
            if (id.equals(lease.id) && lease.key().equals(key)) {
                return lease;
            }
        }
        return null;
    }

    private void link(MemoryLease lease) {
        lease.previous = null;
        lease.next = first;
        if (first != null) {
            first.previous = lease;
        }
        first = lease;
        held++;
    }

    void unlink(MemoryLease lease) {
        if (lease.previous == null) {
            first = lease.next;
        } else {
            lease.previous.next = lease.next;
        }
        if (lease.next != null) {
            lease.next.previous = lease.previous;
        }
        lease.previous = null;
        lease.next = null;
        held--;
    }
}
