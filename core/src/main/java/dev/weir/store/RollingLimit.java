// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import java.util.List;

/**
 * The limit of a rolling log: at most so many entries in any period of the given length.
 *
 * <p>5 per hour admits the sixth exactly one hour after the first. A bucket of the same numbers would admit up to ten in
 * its worst hour.
 *
 * @param rates the rates, at least one, each with a capacity equal to its amount and at most {@value #MAX_AMOUNT}
 * @param version the version of these numbers
 * @since 0.1
 */
public record RollingLimit(List<Rate> rates, long version) implements Limit {

    /** The largest amount, because every entry is remembered. */
    public static final long MAX_AMOUNT = 10_000;

    /**
     * Checks the ranges and copies the list.
     *
     * @param rates the rates, at least one, each with a capacity equal to its amount and at most {@value #MAX_AMOUNT}
     * @param version the version of these numbers
     * @throws IllegalArgumentException if there is no rate, an amount is too large, or a capacity is not the amount
     */
    public RollingLimit {
        rates = List.copyOf(rates);
        if (rates.isEmpty()) {
            throw new IllegalArgumentException("rates must not be empty");
        }
        for (Rate rate : rates) {
            if (rate.amount() > MAX_AMOUNT || rate.capacity() != rate.amount()) {
                throw new IllegalArgumentException("a rolling rate must have an amount of at most " + MAX_AMOUNT
                        + " and no burst but was " + rate);
            }
        }
    }

    @Override
    public ItemKind kind() {
        return ItemKind.ROLLING;
    }

    @Override
    public int size() {
        return rates.size();
    }

    @Override
    public long capacity(int rate) {
        return rates.get(rate).capacity();
    }

    @Override
    public long amount(int rate) {
        return rates.get(rate).amount();
    }

    @Override
    public long periodNanos(int rate) {
        return rates.get(rate).periodNanos();
    }
}
