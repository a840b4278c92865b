// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * The numbers that an item is held to.
 *
 * <p>One limit has one or several rates, all of which must hold. Limits are made once for each profile and rule and
 * then shared, so that a store may compare them by identity first. A limit with a higher version replaces the one that a
 * store has for the same key; a limit with the same or a lower one follows what is stored.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public sealed interface Limit permits BucketLimit, RollingLimit, LeaseLimit {

    /** {@return the kind of item that this limit is for} */
    ItemKind kind();

    /** {@return the version: revision of the configuration and version of the profile, as one growing number} */
    long version();

    /** {@return how many rates there are, at least 1} */
    int size();

    /**
     * Returns the most that one charge can take from a rate.
     *
     * @param rate the index of the rate, from 0
     * @return the capacity, at least 1
     */
    long capacity(int rate);

    /**
     * Returns how much comes back in one period.
     *
     * @param rate the index of the rate, from 0
     * @return the amount, at least 1
     */
    long amount(int rate);

    /**
     * Returns the length of the period.
     *
     * @param rate the index of the rate, from 0
     * @return the period in nanoseconds, or 0 for leases, which have none
     */
    long periodNanos(int rate);
}
