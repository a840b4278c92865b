// SPDX-License-Identifier: Apache-2.0
package dev.weir.load;

import static java.util.Objects.requireNonNull;

import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether the server is overloaded, by the load of its processors and the use of its memory.
 *
 * <pre>{@code
 * ResourceMonitor monitor = ResourceMonitor.builder().cpuPercent(80).memoryPercent(85).build();
 * if (monitor.isOverloaded()) {
 *     retryIn(monitor.throttleDelay());
 * }
 * }</pre>
 *
 * <p>The server is overloaded when one of both is above its threshold, and no longer when both are more than
 * {@value #HYSTERESIS_PERCENT} points below. It changes at most once a second. What is not known is no overload, and a
 * reading that is older than three intervals is not known.
 *
 * <p>It has no thread. Whoever asks when the last reading is older than the interval reads anew, which takes about a
 * millisecond, while others get the last one. A program that has a thread for such things calls {@link #poll} on it; from
 * then on nobody else reads. Thread-safe.
 *
 * @since 0.1
 */
public final class ResourceMonitor {

    /** How far below its threshold a load must fall before the overload ends, in points. */
    public static final int HYSTERESIS_PERCENT = 5;

    private static final double PERCENT = 100.0;
    private static final long LEAST_STATE_NANOS = 1_000_000_000;
    private static final int INTERVALS_KNOWN = 3;

    /** One reading; the first one is of nothing. */
    private record Seen(long nanos, double cpu, double memory, boolean overloaded, long changedNanos) {}

    private final int cpuThreshold;
    private final int memoryThreshold;
    private final long intervalNanos;
    private final LoadSource source;
    private final TimeSource time;
    private final AtomicBoolean reading = new AtomicBoolean();
    private volatile boolean polled;
    private volatile @Nullable Seen seen; // written by whoever has set reading

    private ResourceMonitor(Builder builder) {
        this.cpuThreshold = builder.cpuThreshold;
        this.memoryThreshold = builder.memoryThreshold;
        this.intervalNanos = builder.interval.toNanos();
        this.source = builder.source == null ? LoadSource.ofSystem() : builder.source;
        this.time = builder.time;
    }

    /** {@return a builder; built at once, its monitor has thresholds of 80 % and 85 %, and reads every 5 s} */
    public static Builder builder() {
        return new Builder();
    }

    /** {@return whether the server is overloaded} */
    public boolean isOverloaded() {
        long now = time.nanoTime();
        Seen last = last(now);
        return last != null && last.overloaded && isKnown(last, now);
    }

    /** {@return how long to hold back what may wait, zero if the server is not overloaded: see {@link LoadReading}} */
    public Duration throttleDelay() {
        return reading().throttleDelay();
    }

    /** {@return the last reading, or a new one if that is older than the interval} */
    public LoadReading reading() {
        long now = time.nanoTime();
        Seen last = last(now);
        Duration age = last == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - last.nanos));
        if (last == null || !isKnown(last, now)) {
            return new LoadReading(Double.NaN, Double.NaN, cpuThreshold, memoryThreshold, age, false);
        }
        return new LoadReading(last.cpu, last.memory, cpuThreshold, memoryThreshold, age, last.overloaded);
    }

    private @Nullable Seen last(long now) {
        Seen last = seen;
        return !polled && isDue(last, now) ? read(now) : last;
    }

    private boolean isKnown(Seen last, long now) {
        return now - last.nanos <= INTERVALS_KNOWN * intervalNanos;
    }

    /**
     * Reads, if the last reading is as old as the interval. From the first call on, only these calls read.
     *
     * @return how long until the next one is due, in nanoseconds, at least 1
     */
    public long poll() {
        polled = true;
        long now = time.nanoTime();
        Seen last = seen;
        if (isDue(last, now)) {
            last = read(now);
        }
        return last == null ? intervalNanos : Math.max(1, intervalNanos - (now - last.nanos));
    }

    private boolean isDue(@Nullable Seen last, long now) {
        return last == null || now - last.nanos >= intervalNanos;
    }

    /** One reads, the others get what is there. */
    private @Nullable Seen read(long now) {
        if (!reading.compareAndSet(false, true)) {
            return seen;
        }
        try {
            Seen last = seen;
            if (isDue(last, now)) {
                seen = next(last, now);
            }
            return seen;
        } finally {
            reading.set(false);
        }
    }

    private Seen next(@Nullable Seen last, long now) {
        double cpu = cpu();
        double memory = memory();
        boolean was = last != null && last.overloaded;
        boolean is = was
                ? isAbove(cpu, cpuThreshold - HYSTERESIS_PERCENT)
                        || isAbove(memory, memoryThreshold - HYSTERESIS_PERCENT)
                : isAbove(cpu, cpuThreshold) || isAbove(memory, memoryThreshold);
        boolean tooSoon = last != null && is != was && now - last.changedNanos < LEAST_STATE_NANOS;
        boolean overloaded = tooSoon ? was : is;
        long changed = last == null ? now - LEAST_STATE_NANOS : overloaded == was ? last.changedNanos : now;
        return new Seen(now, cpu, memory, overloaded, changed);
    }

    /** What is not known is above nothing. */
    private static boolean isAbove(double percent, int threshold) {
        return percent > threshold;
    }

    private double cpu() {
        try {
            return sane(source.cpuPercent());
        } catch (RuntimeException | StackOverflowError e) {
            return Double.NaN;
        }
    }

    private double memory() {
        try {
            return sane(source.memoryPercent());
        } catch (RuntimeException | StackOverflowError e) {
            return Double.NaN;
        }
    }

    private static double sane(double percent) {
        return percent >= 0 ? Math.min(PERCENT, percent) : Double.NaN;
    }

    /** Collects what a monitor goes by. Not thread-safe; build, then share the result. */
    public static final class Builder {

        private static final Duration MIN_INTERVAL = Duration.ofMillis(100);
        private static final Duration MAX_INTERVAL = Duration.ofHours(1);

        private int cpuThreshold = 80;
        private int memoryThreshold = 85;
        private Duration interval = Duration.ofSeconds(5);
        private @Nullable LoadSource source;
        private TimeSource time = TimeSource.system();

        private Builder() {}

        /**
         * Sets the load of the processors above which the server is overloaded.
         *
         * @param threshold 1 to 100; 100 is never exceeded
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder cpuPercent(int threshold) {
            this.cpuThreshold = checked(threshold, "cpuPercent");
            return this;
        }

        /**
         * Sets the use of memory above which the server is overloaded.
         *
         * @param threshold 1 to 100; 100 is never exceeded
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder memoryPercent(int threshold) {
            this.memoryThreshold = checked(threshold, "memoryPercent");
            return this;
        }

        private static int checked(int threshold, String name) {
            if (threshold < 1 || threshold > PERCENT) {
                throw new IllegalArgumentException(name + " must be 1 to 100 but was " + threshold);
            }
            return threshold;
        }

        /**
         * Sets how often both are read.
         *
         * @param between 100 ms to 1 hour
         * @return this
         * @throws IllegalArgumentException if it is out of range
         */
        public Builder interval(Duration between) {
            if (between.compareTo(MIN_INTERVAL) < 0 || between.compareTo(MAX_INTERVAL) > 0) {
                throw new IllegalArgumentException("interval must be 100 ms to 1 hour but was " + between);
            }
            this.interval = between;
            return this;
        }

        /**
         * Reads another meter than that of the container or host.
         *
         * @param own the meter
         * @return this
         */
        public Builder source(LoadSource own) {
            this.source = requireNonNull(own, "own");
            return this;
        }

        /**
         * Reads time from these clocks, in tests for instance.
         *
         * @param clocks the clocks, of which only the monotonic one is read
         * @return this
         */
        public Builder time(TimeSource clocks) {
            this.time = requireNonNull(clocks, "clocks");
            return this;
        }

        /** {@return the monitor} */
        public ResourceMonitor build() {
            return new ResourceMonitor(this);
        }
    }
}
