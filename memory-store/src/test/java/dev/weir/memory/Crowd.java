// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RateLimitStore;
import dev.weir.store.RollingLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Short words for tests of many keys from many threads, and for what they leave in the heap. */
final class Crowd {

    private static final int PATIENCE_SECONDS = 300;
    private static final int COLLECTIONS = 3;

    /** What one of several threads does. */
    interface Part {
        void run(int thread) throws Exception;
    }

    private Crowd() {}

    static BucketLimit bucket(long amount, Duration period) {
        return new BucketLimit(List.of(new Rate(amount, period.toNanos(), amount)), 0);
    }

    static RollingLimit rolling(long amount, Duration period) {
        return new RollingLimit(List.of(new Rate(amount, period.toNanos(), amount)), 0);
    }

    static Key user(String name) {
        return Key.of(Scope.USER, name);
    }

    static ChargeItem take(Limit limit, Key per, long cost) {
        return new ChargeItem(Action.TAKE, limit, "api", null, per, cost);
    }

    static boolean admits(RateLimitStore store, ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, 0);
        return charge.outcome() == Outcome.ADMITTED;
    }

    /** Runs the same on several threads at once, and waits for all; what one has thrown is thrown. */
    static void together(int threads, Part part) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                running.add(executor.submit(() -> {
                    part.run(thread);
                    return null;
                }));
            }
            for (Future<?> future : running) {
                future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    /** How many bytes of the heap are in use by what can be reached. */
    static long heap() {
        Runtime runtime = Runtime.getRuntime();
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }
}
