// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

/** What {@link ChangeOperations} do one after the other. */
public class ChangeSequence {

    private static final long[] CAPACITIES = {4, 2, 6, 3};

    private int stored = -1;
    private long tokens;

    public long take(int version, int cost) {
        if (stored < 0) {
            stored = version;
            tokens = CAPACITIES[version];
        } else if (version > stored) {
            long larger = Math.max(0, CAPACITIES[version] - CAPACITIES[stored]);
            tokens = Math.min(CAPACITIES[version], tokens + larger);
            stored = version;
        }
        if (cost > tokens) {
            return -1 - tokens;
        }
        tokens -= cost;
        return tokens;
    }

    public void advance() {
        if (stored >= 0) {
            tokens = Math.min(CAPACITIES[stored], tokens + 1);
        }
    }

    public void forget() {
        stored = -1;
    }
}
