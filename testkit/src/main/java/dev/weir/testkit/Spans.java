// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;

/** Things that happened at some moment between two times, and what each took; columns that grow. Not thread-safe. */
final class Spans {

    private static final int FIRST_CAPACITY = 64;

    /** How many there may be; times may be up to nine minutes. */
    private static final long MOST = 1 << 24;

    private long[] starts = new long[FIRST_CAPACITY];
    private long[] ends = new long[FIRST_CAPACITY];
    private long[] costs = new long[FIRST_CAPACITY];
    private int size;

    /** Notes what happened not before the one time and not after the other. */
    Spans add(long start, long end, long cost) {
        if (end < start) {
            throw new IllegalArgumentException("end must not be before start but was " + (start - end) + " ns before");
        }
        if (size == starts.length) {
            starts = Arrays.copyOf(starts, size * 2);
            ends = Arrays.copyOf(ends, size * 2);
            costs = Arrays.copyOf(costs, size * 2);
        }
        starts[size] = start;
        ends[size] = end;
        costs[size++] = cost;
        return this;
    }

    void addAll(Spans others) {
        for (int i = 0; i < others.size; i++) {
            add(others.starts[i], others.ends[i], others.costs[i]);
        }
    }

    /** Lets all begin so much earlier. */
    void widen(long nanos) {
        for (int i = 0; i < size; i++) {
            starts[i] -= nanos;
        }
    }

    void write(DataOutput out) throws IOException {
        out.writeInt(size);
        for (int i = 0; i < size; i++) {
            out.writeLong(starts[i]);
            out.writeLong(ends[i]);
            out.writeLong(costs[i]);
        }
    }

    void read(DataInput in) throws IOException {
        for (int left = in.readInt(); left > 0; left--) {
            add(in.readLong(), in.readLong(), in.readLong());
        }
    }

    int size() {
        return size;
    }

    long start(int index) {
        return starts[index];
    }

    long end(int index) {
        return ends[index];
    }

    long cost(int index) {
        return costs[index];
    }

    long sum() {
        return Arrays.stream(costs, 0, size).sum();
    }

    /** {@return all indexes, those that started first at the front} */
    int[] byStart() {
        return sorted(starts);
    }

    /** {@return all indexes, those that ended first at the front} */
    int[] byEnd() {
        return sorted(ends);
    }

    /* Time and index in one number sort without an object for each. */
    private int[] sorted(long[] times) {
        long[] packed = new long[size];
        for (int i = 0; i < size; i++) {
            packed[i] = Math.multiplyExact(times[i], MOST) + i;
        }
        Arrays.sort(packed);
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = (int) Math.floorMod(packed[i], MOST);
        }
        return order;
    }

    /** {@return a count of what was taken up to a time, by the times of start or of end} */
    Sums sums(boolean ofStarts) {
        int[] order = ofStarts ? byStart() : byEnd();
        long[] times = new long[size];
        long[] sums = new long[size + 1];
        for (int i = 0; i < size; i++) {
            times[i] = (ofStarts ? starts : ends)[order[i]];
            sums[i + 1] = sums[i] + costs[order[i]];
        }
        return new Sums(times, sums);
    }

    /** How much there was up to a time. */
    static final class Sums {
        private final long[] times;
        private final long[] sums;

        private Sums(long[] times, long[] sums) {
            this.times = times;
            this.sums = sums;
        }

        /** {@return what was taken at the time or before it} */
        long upTo(long time) {
            int low = 0;
            int high = times.length;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (times[middle] <= time) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            return sums[low];
        }
    }
}
