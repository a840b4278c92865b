// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A clock that moves only when told to.
 *
 * <p>Its two readings have different, odd origins, and the monotonic one overflows a few seconds after the start, so that
 * code that mixes them up, or compares two readings by size, fails its tests. Both move together with {@link #advance};
 * {@link #stepWall} moves the wall clock alone, as an operator or a time server would.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class ManualClock implements TimeSource {

    private static final long NANO_ORIGIN = Long.MAX_VALUE - 7_654_321_987L;
    private static final Instant WALL_ORIGIN = Instant.parse("2031-05-17T23:59:58.765432109Z");

    private final AtomicLong elapsedNanos = new AtomicLong();
    private final AtomicLong wallOffsetNanos = new AtomicLong();

    /** Makes a clock that stands still. */
    public ManualClock() {}

    /**
     * Moves both readings on.
     *
     * @param duration how far, not negative
     * @throws IllegalArgumentException if the duration is negative: a monotonic clock does not go back
     */
    public void advance(Duration duration) {
        advanceNanos(duration.toNanos());
    }

    /**
     * Moves both readings on.
     *
     * @param nanos how far, in nanoseconds, not negative
     * @throws IllegalArgumentException if the number is negative: a monotonic clock does not go back
     */
    public void advanceNanos(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("nanos must not be negative but was " + nanos);
        }
        elapsedNanos.addAndGet(nanos);
    }

    /**
     * Sets the wall clock forward or back, and leaves the monotonic one alone.
     *
     * @param duration how far; negative to set it back
     */
    public void stepWall(Duration duration) {
        wallOffsetNanos.addAndGet(duration.toNanos());
    }

    @Override
    public long nanoTime() {
        return NANO_ORIGIN + elapsedNanos.get();
    }

    @Override
    public Instant now() {
        return WALL_ORIGIN.plusNanos(elapsedNanos.get()).plusNanos(wallOffsetNanos.get());
    }
}
