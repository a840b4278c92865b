// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** Two clocks that a test moves by hand. They begin at odd places, the monotonic one just before it overflows. Thread-safe. */
public final class FakeTime implements TimeSource {

    private long nanos = Long.MAX_VALUE - 1_000;
    private Instant wall = Instant.parse("2031-07-13T11:59:58.123Z");

    public synchronized void advance(Duration duration) {
        nanos += duration.toNanos();
        wall = wall.plus(duration);
    }

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Instant now() {
        return wall;
    }
}
