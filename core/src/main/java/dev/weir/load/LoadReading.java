// SPDX-License-Identifier: Apache-2.0
package dev.weir.load;

import java.time.Duration;
import java.util.OptionalDouble;

/**
 * What a {@link ResourceMonitor} has read last: both loads, both thresholds, how old it is, and what follows.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class LoadReading {

    private static final double PERCENT = 100.0;
    private static final long TENTH_MILLIS = 100;
    private static final long MIN_DELAY_TENTHS = 5;
    private static final long MAX_DELAY_TENTHS = 50;

    private final double cpu;
    private final double memory;
    private final int cpuThreshold;
    private final int memoryThreshold;
    private final Duration age;
    private final boolean overloaded;

    LoadReading(double cpu, double memory, int cpuThreshold, int memoryThreshold, Duration age, boolean overloaded) {
        this.cpu = cpu;
        this.memory = memory;
        this.cpuThreshold = cpuThreshold;
        this.memoryThreshold = memoryThreshold;
        this.age = age;
        this.overloaded = overloaded;
    }

    /** {@return the load of the processors in percent, empty if it is not known} */
    public OptionalDouble cpuPercent() {
        return known(cpu);
    }

    /** {@return how much of the memory is in use in percent, empty if it is not known} */
    public OptionalDouble memoryPercent() {
        return known(memory);
    }

    private static OptionalDouble known(double percent) {
        return Double.isNaN(percent) ? OptionalDouble.empty() : OptionalDouble.of(percent);
    }

    /** {@return the load of the processors above which the server is overloaded, in percent} */
    public int cpuThreshold() {
        return cpuThreshold;
    }

    /** {@return the use of memory above which the server is overloaded, in percent} */
    public int memoryThreshold() {
        return memoryThreshold;
    }

    /** {@return how long ago it was read} */
    public Duration age() {
        return age;
    }

    /** {@return whether the server is overloaded} */
    public boolean isOverloaded() {
        return overloaded;
    }

    /**
     * Returns how far the load is above its threshold: 0 at the threshold or below, 1 at 100 %. Of processors and memory the
     * one that is further above counts. With a threshold of 80 %, a load of 85 % is an excess of 0.25.
     *
     * @return the excess, 0 to 1
     */
    public double excess() {
        return Math.max(excess(cpu, cpuThreshold), excess(memory, memoryThreshold));
    }

    private static double excess(double percent, int threshold) {
        if (Double.isNaN(percent) || percent <= threshold) {
            return 0;
        }
        return Math.min(1, (percent - threshold) / (PERCENT - threshold));
    }

    /**
     * Returns how long to hold back what may wait: 0.5 s at the threshold, 5 s at 100 %, in tenths of a second, rounded up.
     *
     * @return the delay, zero if the server is not overloaded
     */
    public Duration throttleDelay() {
        if (!overloaded) {
            return Duration.ZERO;
        }
        double tenths = MIN_DELAY_TENTHS + (MAX_DELAY_TENTHS - MIN_DELAY_TENTHS) * excess();
        return Duration.ofMillis((long) Math.ceil(tenths) * TENTH_MILLIS);
    }

    /** {@return the loads and what follows, for people} */
    @Override
    public String toString() {
        return String.format(
                "LoadReading[cpu %s of %d %%, memory %s of %d %%%s]",
                text(cpu), cpuThreshold, text(memory), memoryThreshold, overloaded ? ", overloaded" : "");
    }

    private static String text(double percent) {
        return Double.isNaN(percent) ? "unknown" : String.format("%.1f", percent);
    }
}
