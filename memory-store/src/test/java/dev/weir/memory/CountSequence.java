// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import java.util.ArrayList;
import java.util.List;

/** What {@link CountOperations} and {@link OverflowOperations} do one after the other, in steps of the clock. */
public class CountSequence {

    private static final int CAPACITY = 3;

    private final long[] tokens = {CAPACITY, CAPACITY};
    private final List<List<Long>> times = List.of(new ArrayList<>(), new ArrayList<>());
    private long now;

    private long live(int key) {
        return times.get(key).stream().filter(time -> now - time < CAPACITY).count();
    }

    private void take(int bucket, int cost, int log, int entries) {
        tokens[bucket] -= cost;
        for (int i = 0; i < entries; i++) {
            times.get(log).add(now);
        }
    }

    public long take(int cost) {
        return takeFromBucket(0, cost);
    }

    public long takeFromBucket(int key, int cost) {
        if (cost > tokens[key]) {
            return -1 - tokens[key];
        }
        tokens[key] -= cost;
        return tokens[key];
    }

    public long takeFromRolling(int key, int cost) {
        long left = CAPACITY - live(key);
        if (cost > left) {
            return -1 - left;
        }
        take(key, 0, key, cost);
        return left - cost;
    }

    public boolean takeFromBoth(int first, int cost) {
        int second = 1 - first;
        if (cost > tokens[first] || tokens[second] < 1 || live(second) > 1) {
            return false;
        }
        take(first, cost, second, 2);
        tokens[second]--;
        return true;
    }

    public void advance() {
        now++;
        for (int key = 0; key < tokens.length; key++) {
            tokens[key] = Math.min(CAPACITY, tokens[key] + 1);
        }
    }

    public void advanceFar() {
        for (int i = 0; i < CAPACITY; i++) {
            advance();
        }
    }

    public void refill(int key) {
        tokens[key] = CAPACITY;
    }

    public void fill() {
        // Others are none of our business.
    }

    public void makeRoom() {
        // Nor is where a key is counted.
    }
}
