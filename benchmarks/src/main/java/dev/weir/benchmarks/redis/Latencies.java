// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

/**
 * How often what took how long, to within a hundredth: up to 127 ns exactly, above in 64 steps for each doubling. Of a fixed
 * size, so that counting costs what is measured neither memory nor time. Not thread-safe.
 */
final class Latencies {

    private static final int STEP_BITS = 6;
    private static final int STEPS = 1 << STEP_BITS;

    private final long[] counts = new long[(Long.SIZE - STEP_BITS) * STEPS];
    private long count;

    /**
     * Counts one.
     *
     * @param nanos how long it took, at least 0
     */
    void add(long nanos) {
        counts[index(nanos)]++;
        count++;
    }

    /** Counts all that another has counted. */
    void add(Latencies other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        count += other.count;
    }

    /** {@return how many were counted} */
    long count() {
        return count;
    }

    /**
     * Returns what so many of a hundred did not exceed.
     *
     * @param percent above 0, at most 100
     * @return the time in nanoseconds
     * @throws IllegalStateException if nothing was counted
     */
    long percentile(double percent) {
        long rank = Math.max(1, (long) Math.ceil(percent / 100 * count));
        for (int i = 0; i < counts.length; i++) {
            rank -= counts[i];
            if (rank <= 0) {
                return middle(i);
            }
        }
        throw new IllegalStateException("nothing was counted");
    }

    private static int index(long nanos) {
        if (nanos < STEPS) {
            return (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - STEP_BITS;
        return (shift << STEP_BITS) + (int) (nanos >>> shift);
    }

    private static long middle(int index) {
        if (index < 2 * STEPS) {
            return index;
        }
        int shift = (index >>> STEP_BITS) - 1;
        long least = (long) (index - (shift << STEP_BITS)) << shift;
        return least + (1L << shift) / 2;
    }
}
