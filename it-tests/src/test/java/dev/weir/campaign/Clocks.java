// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** How far the wall clock, which Redis reads, and the monotonic one of the processes have drifted apart. Not thread-safe. */
final class Clocks {

    /** A step of Redis' clock less one nanosecond, because the time shown is itself possible. */
    static final Duration STEP = Duration.ofNanos(999_999);

    /** More than that is a clock that was set. */
    static final Duration MOST_DRIFT = Duration.ofMillis(20);

    private long least = offset();
    private long most = least;

    void look() {
        long now = offset();
        least = Math.min(least, now);
        most = Math.max(most, now);
    }

    Duration drift() {
        return Duration.ofNanos(most - least);
    }

    /** Wall clock less monotonic one, by the reading of several that was interrupted least. */
    private static long offset() {
        long shortest = Long.MAX_VALUE;
        long offset = 0;
        for (int i = 0; i < 20; i++) {
            long before = System.nanoTime();
            Instant wall = TimeSource.system().now();
            long took = System.nanoTime() - before;
            if (took < shortest) {
                shortest = took;
                offset = wall.getEpochSecond() * 1_000_000_000 + wall.getNano() - before - took / 2;
            }
        }
        return offset;
    }
}
