// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.store.ItemKey;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The services that were started on this instance and have not ended, by whose they are. Of a service that was started again
 * the last start counts. Thread-safe.
 */
final class RunningServices {

    private final Map<ItemKey, Map<String, Long>> running = new ConcurrentHashMap<>();
    private final AtomicLong starts = new AtomicLong();

    /** Notes a start, and answers its number. */
    long started(ItemKey set, String service) {
        long number = starts.incrementAndGet();
        running.compute(set, (unused, services) -> {
            Map<String, Long> changed = services == null ? new HashMap<>() : services;
            changed.put(service, number);
            return changed;
        });
        return number;
    }

    /** Forgets a service if this was its last start, and answers whether it was. */
    boolean ended(ItemKey set, String service, long start) {
        boolean[] wasLast = new boolean[1];
        running.computeIfPresent(set, (unused, services) -> {
            wasLast[0] = services.remove(service, start);
            return services.isEmpty() ? null : services;
        });
        return wasLast[0];
    }

    /** Forgets a service, whichever start it was. */
    void ended(ItemKey set, String service) {
        running.computeIfPresent(set, (unused, services) -> {
            services.remove(service);
            return services.isEmpty() ? null : services;
        });
    }

    int count(ItemKey set) {
        int[] count = new int[1];
        running.computeIfPresent(set, (unused, services) -> {
            count[0] = services.size();
            return services;
        });
        return count[0];
    }
}
