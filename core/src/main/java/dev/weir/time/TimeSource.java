// SPDX-License-Identifier: Apache-2.0
package dev.weir.time;

import java.time.Instant;

/**
 * The two clocks that Weir reads: a monotonic one for waits and deadlines, a wall clock for logs.
 *
 * <p>The two have different origins and must never be subtracted from each other; two readings of
 * {@link #nanoTime()} are compared by their difference, because the value may overflow. An implementation for tests is
 * {@code ManualClock} in {@code weir-testkit}. Implementations are thread-safe.
 *
 * @since 0.1
 */
public interface TimeSource {

    /** {@return the monotonic clock in nanoseconds since an arbitrary origin, which may be negative} */
    long nanoTime();

    /** {@return the wall clock, which may jump in both directions} */
    Instant now();

    /** {@return the clocks of this machine} */
    static TimeSource system() {
        return SystemTime.INSTANCE;
    }
}
