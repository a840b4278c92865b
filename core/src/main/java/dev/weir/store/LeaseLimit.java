// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * The limit of a set of leases: so many may be held at once.
 *
 * @param max the number, at least 1
 * @param version the version of this number
 * @since 0.1
 */
public record LeaseLimit(long max, long version) implements Limit {

    /**
     * Checks the range.
     *
     * @param max the number, at least 1
     * @param version the version of this number
     * @throws IllegalArgumentException if the number is below 1
     */
    public LeaseLimit {
        if (max < 1) {
            throw new IllegalArgumentException("max must be at least 1 but was " + max);
        }
    }

    @Override
    public ItemKind kind() {
        return ItemKind.LEASE;
    }

    @Override
    public int size() {
        return 1;
    }

    @Override
    public long capacity(int rate) {
        return max;
    }

    @Override
    public long amount(int rate) {
        return max;
    }

    @Override
    public long periodNanos(int rate) {
        return 0;
    }
}
