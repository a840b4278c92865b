// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import java.util.List;

/**
 * The place where buckets, rolling logs and leases live.
 *
 * <p><b>Safety.</b> For every bucket and every interval, what was admitted is at most capacity + rate x time, by the
 * store's own clock; for a rolling quota at most its amount in any period; of leases never more than their number at
 * once. <b>Liveness.</b> A lone caller who waits the stated time is admitted. A refused charge takes nothing but its
 * {@link Action#WATCH} items. {@code RateLimitStoreContract} in {@code weir-testkit} is this text as tests.
 *
 * <p>A full bucket is the same as no bucket, an empty log the same as no log. Thread-safe.
 *
 * @since 0.1
 */
public interface RateLimitStore extends AutoCloseable {

    /**
     * Charges the items, all or nothing, in one step, and writes what was found into the charge.
     *
     * <p>Never throws and never takes longer than it may: a store that cannot answer says so with {@link Charge#fail}, one that
     * has reached only some of the places where the items are kept with {@link Charge#decidePartly}.
     *
     * @param charge what is asked
     * @param deadlineNanos how long the store may take, in nanoseconds from this call on
     */
    void charge(Charge charge, long deadlineNanos);

    /**
     * Gives back a lease that has an id of the caller's, whoever took it. Does nothing if it is not held. Never throws.
     *
     * @param key the set of leases
     * @param leaseId the id
     */
    void release(ItemKey key, String leaseId);

    /**
     * Makes a bucket or rolling log whole again, as if nothing had been taken. Leases are left alone.
     *
     * @param key which
     */
    void refill(ItemKey key);

    /**
     * Forgets an item, its leases included.
     *
     * @param key which
     */
    void remove(ItemKey key);

    /**
     * Makes sure that the store can hold a limit exactly. Called for every limit before the first charge with it.
     *
     * @param limit the limit
     * @throws IllegalArgumentException if it cannot, naming the largest number that it could hold
     */
    default void check(Limit limit) {}

    /**
     * Makes sure that the store can decide such items in one charge. Called before the first charge for all that one request may
     * ask for: for the items of each rule, and for those of each two rules that one request may meet. It is called for those of
     * a start of a service too; a store that refuses them serves requests, and no {@code SecurityPolicy}.
     *
     * @param kinds the kinds of the items, one for each item, none for no item
     * @throws IllegalArgumentException if it cannot, with the reason and the remedy
     */
    default void checkTogether(List<ItemKind> kinds) {}

    /** Ends what the store started. Charges made after it fail as {@link Outcome#NOT_SENT}. Never throws. */
    @Override
    void close();
}
