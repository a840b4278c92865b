// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.util.Arrays;

/**
 * What one bucket has given, and whether that was too much in any window of time.
 *
 * <p>What was taken was taken at some moment between two times, and counts in a window that holds both: so it surely belongs
 * there. What the bucket may have given beyond its limit is written down in the same way, as something that was given back. It
 * counts in each window that holds both its times, and where its start is put behind its end, in each that touches what lies
 * between the two.
 *
 * <p>Not thread-safe.
 */
final class Windows {

    /** A bucket's limit: so much at once, and so much in so many nanoseconds. */
    record Limit(long capacity, long amount, long periodNanos) {

        /** One of several equal parts of it, as instances go on with that share it. */
        Limit share(int instances) {
            return new Limit(capacity / instances, amount, periodNanos * instances);
        }
    }

    /** The window in which most was taken beyond the limit; none is too much where that is 0 or less. */
    record Worst(long excess, long end) {}

    private final Limit limit;
    private long[] starts = new long[64];
    private long[] ends = new long[64];
    private long[] parts = new long[64]; // of tokens: as many of these make one as there are nanoseconds in the period
    private int size;
    private int taken;

    Windows(Limit limit) {
        this.limit = limit;
    }

    /** {@return how often something was taken} */
    int taken() {
        return taken;
    }

    Windows take(long start, long end, long tokens) {
        taken++;
        return add(start, end, Math.multiplyExact(tokens, limit.periodNanos));
    }

    /** So many tokens more may be taken in each window that holds both times. */
    Windows forgive(long start, long end, long tokens) {
        return add(start, end, -Math.multiplyExact(tokens, limit.periodNanos));
    }

    /** So many tokens more, and so many more at this rate as time has gone by, in each window that touches this one. */
    Windows forgiveTouching(long from, long to, long tokens, Limit rate) {
        long more = Math.multiplyExact(to - from, rate.amount) / rate.periodNanos + 1;
        return forgive(to, from, Math.addExact(tokens, more));
    }

    private Windows add(long start, long end, long tokens) {
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            parts = Arrays.copyOf(parts, size * 2);
        }
        starts[size] = start;
        ends[size] = end;
        parts[size++] = tokens;
        return this;
    }

    /* All windows in n log n: as their ends go on, a tree over their beginnings holds for each what was taken from then on
     * plus what the rate had given by then, and at its root the most of all. */
    Worst worst() {
        int[] byStart = order(starts, true);
        int[] place = new int[size];
        for (int i = 0; i < size; i++) {
            place[byStart[i]] = i;
        }
        int leaves = Integer.highestOneBit(Math.max(1, size)) * 2;
        long[] sum = new long[leaves * 2];
        long[] most = new long[leaves * 2];
        Arrays.fill(most, Long.MIN_VALUE / 2);
        Worst worst = new Worst(Long.MIN_VALUE, 0);
        for (int i : order(ends, false)) {
            int node = leaves + place[i];
            sum[node] = parts[i];
            if (parts[i] > 0) { // no window needs to begin where something was given back
                most[node] = parts[i] + Math.multiplyExact(limit.amount, starts[i]);
            }
            for (node /= 2; node > 0; node /= 2) {
                sum[node] = sum[2 * node] + sum[2 * node + 1];
                most[node] = Math.max(most[2 * node + 1], most[2 * node] + sum[2 * node + 1]);
            }
            if (parts[i] > 0) {
                long excess = most[1]
                        - Math.multiplyExact(limit.capacity, limit.periodNanos)
                        - Math.multiplyExact(limit.amount, ends[i]);
                long tokens = -Math.floorDiv(-excess, limit.periodNanos);
                worst = tokens > worst.excess ? new Worst(tokens, ends[i]) : worst;
            }
        }
        return worst;
    }

    /** At the same time a window begins before it is given back, and ends after it. */
    private int[] order(long[] times, boolean takenFirst) {
        Integer[] order = new Integer[size];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                (a, b) -> times[a] != times[b]
                        ? Long.compare(times[a], times[b])
                        : Boolean.compare(parts[a] > 0 != takenFirst, parts[b] > 0 != takenFirst));
        return Arrays.stream(order).mapToInt(Integer::intValue).toArray();
    }
}
