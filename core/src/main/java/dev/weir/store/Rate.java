// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * How much per how long, as a store sees it.
 *
 * @param amount how much in one period, at least 1
 * @param periodNanos how long the period is, in nanoseconds, at least 1
 * @param capacity the most that can be taken at once, at least 1; equal to the amount for a rolling quota
 * @since 0.1
 */
public record Rate(long amount, long periodNanos, long capacity) {

    /**
     * Checks the ranges.
     *
     * @param amount how much in one period, at least 1
     * @param periodNanos how long the period is, in nanoseconds, at least 1
     * @param capacity the most that can be taken at once, at least 1; equal to the amount for a rolling quota
     * @throws IllegalArgumentException if a number is below 1
     */
    public Rate {
        if (amount < 1 || periodNanos < 1 || capacity < 1) {
            throw new IllegalArgumentException("amount, periodNanos and capacity must be at least 1 but were " + amount
                    + ", " + periodNanos + " and " + capacity);
        }
    }
}
