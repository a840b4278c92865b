// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What one caller was granted, counted apart from the store: a bucket, a rolling log and leases, the first two of the same
 * amount in the same period. Fails when one of them is above its limit.
 */
final class Ledger {

    private final long amount;
    private final long periodMillis;
    private final long maxLeases;
    private final Deque<long[]> log = new ArrayDeque<>();
    private long millis;
    private long excess;
    private long leases;

    Ledger(long amount, long periodMillis, long maxLeases) {
        this.amount = amount;
        this.periodMillis = periodMillis;
        this.maxLeases = maxLeases;
    }

    void advance(long step) {
        millis += step;
        excess = Math.max(0, excess - step * amount);
        while (!log.isEmpty() && millis - log.getFirst()[0] >= periodMillis) {
            log.removeFirst();
        }
    }

    void bucket(long cost) {
        excess += cost * periodMillis;
        assertThat(excess).as("tokens of a bucket, times its period").isLessThanOrEqualTo(amount * periodMillis);
    }

    void rolling(long cost) {
        log.addLast(new long[] {millis, cost});
        assertThat(log.stream().mapToLong(entry -> entry[1]).sum())
                .as("entries in one period of a rolling log")
                .isLessThanOrEqualTo(amount);
    }

    void lease() {
        leases++;
        assertThat(leases).as("leases held").isLessThanOrEqualTo(maxLeases);
    }

    void release() {
        leases--;
    }
}
