// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** What is not yet true, but soon. */
final class Soon {

    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private Soon() {}

    /** Waits until a condition holds, and says whether it came to that. */
    static boolean comesTrue(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean() && System.nanoTime() - start < PATIENCE_NANOS) {
            LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
        }
        return condition.getAsBoolean();
    }
}
