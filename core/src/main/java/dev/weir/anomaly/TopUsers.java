// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Counts events by user in bounded memory: exactly while there are no more than {@value #MAX_USERS} users, and beyond that
 * so that nobody is said to have more events than he has, and nobody with more than a {@value #MAX_USERS}th of all is
 * missing. (Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams, 2005.)
 *
 * <p>Not thread-safe.
 */
final class TopUsers {

    static final int MAX_USERS = 256;

    /** A user, and the tenant inside which he is one; empty if there is none. */
    record Name(String tenant, String user) {
        @Override
        public String toString() {
            return tenant.isEmpty() ? user : tenant + "/" + user;
        }
    }

    private static final class Count {
        private long events;
        private long inherited; // of those, how many may be somebody else's
    }

    private final Map<Name, Count> counts = new HashMap<>();
    private boolean exact = true;

    void add(Name name, long events) {
        Count count = counts.get(name);
        if (count == null) {
            count = counts.size() < MAX_USERS ? new Count() : takeOverTheLeast();
            counts.put(name, count);
        }
        count.events += events;
    }

    /** Whoever comes late takes the place of him who has the least, and begins at what that one may have had. */
    private Count takeOverTheLeast() {
        Map.Entry<Name, Count> least = null;
        for (Map.Entry<Name, Count> entry : counts.entrySet()) {
            if (least == null || entry.getValue().events < least.getValue().events) {
                least = entry;
            }
        }
        if (least == null) {
            throw new IllegalStateException("a full table must have a least entry");
        }
        counts.remove(least.getKey());
        exact = false;
        Count count = new Count();
        count.events = least.getValue().events;
        count.inherited = count.events;
        return count;
    }

    boolean isExact() {
        return exact;
    }

    /** Tells how many events each user has had at least. */
    void forEach(BiConsumer<Name, Long> sink) {
        counts.forEach((name, count) -> sink.accept(name, count.events - count.inherited));
    }
}
