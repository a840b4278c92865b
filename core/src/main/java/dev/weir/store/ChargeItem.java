// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static java.util.Objects.requireNonNull;

import dev.weir.key.Key;
import org.jspecify.annotations.Nullable;

/**
 * One item of a charge: what is asked of it, and the place where the store writes what it found.
 *
 * <p>Not thread-safe; the store fills it before {@link RateLimitStore#charge} returns.
 *
 * @since 0.1
 */
public final class ChargeItem extends ItemKey {

    private static final int NUMBERS = 3;

    private final Action action;
    private final Limit limit;
    private final long cost;
    private final @Nullable String leaseId;

    private Limit inForce;
    private Verdict verdict = Verdict.PASSED;
    private long available;
    private long waitNanos;
    private long resetNanos;
    private long @Nullable [] further;
    private @Nullable Lease lease;
    private @Nullable Object place;

    /**
     * Asks for something.
     *
     * @param action what is wanted
     * @param limit the numbers that it is held to, which also say of what kind it is
     * @param rule the name of the rule that asks
     * @param within the caller inside whom it is counted, or null where the rule has none
     * @param per the caller for whom it is counted
     * @param cost how much, at least 1; 1 for a lease
     * @throws IllegalArgumentException if the cost is out of range, or the action is not for leases
     */
    public ChargeItem(Action action, Limit limit, String rule, @Nullable Key within, Key per, long cost) {
        this(action, limit, rule, within, per, cost, null);
    }

    private ChargeItem(
            Action action,
            Limit limit,
            String rule,
            @Nullable Key within,
            Key per,
            long cost,
            @Nullable String leaseId) {
        super(limit.kind(), rule, within, per);
        this.action = requireNonNull(action, "action");
        this.limit = limit;
        this.inForce = limit;
        this.cost = cost;
        this.leaseId = leaseId;
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be at least 1 but was " + cost);
        }
        if (limit.kind() == ItemKind.LEASE && (cost != 1 || (action != Action.TAKE && action != Action.LOOK))) {
            throw new IllegalArgumentException(
                    "a lease must be a take or a look of 1 but was a " + action + " of " + cost);
        }
    }

    /**
     * Asks for a lease with an id of the caller's: to take an id that is held already succeeds and counts once.
     *
     * @param action {@link Action#TAKE} or {@link Action#LOOK}
     * @param limit how many may be held at once
     * @param rule the name of the rule that asks
     * @param within the caller inside whom it is counted, or null where the rule has none
     * @param per the caller for whom it is counted
     * @param leaseId the id, by which any instance can release it
     * @return the item
     */
    public static ChargeItem namedLease(
            Action action, LeaseLimit limit, String rule, @Nullable Key within, Key per, String leaseId) {
        return new ChargeItem(action, limit, rule, within, per, 1, requireNonNull(leaseId, "leaseId"));
    }

    /**
     * Asks for the same thing in another way: what was looked at is settled after the answer, for instance.
     *
     * @param other what is wanted now
     * @return an item of the same key, limit and cost
     */
    public ChargeItem as(Action other) {
        return new ChargeItem(other, limit, rule(), within(), per(), cost, leaseId);
    }

    /**
     * Takes over what the store found for an item of the same key later: what is left, but not the wait.
     *
     * @param later the item
     */
    public void updateFrom(ChargeItem later) {
        boolean sameRates = inForce.equals(later.inForce);
        inForce = later.inForce;
        further = sameRates ? further : null;
        for (int rate = 0; rate < inForce.size(); rate++) {
            report(rate, later.available(rate), sameRates ? waitNanos(rate) : 0, later.resetNanos(rate));
        }
    }

    /** {@return what is wanted} */
    public Action action() {
        return action;
    }

    /** {@return the numbers that it is held to} */
    public Limit limit() {
        return limit;
    }

    /** {@return how much is asked, at least 1} */
    public long cost() {
        return cost;
    }

    /** {@return the caller's id for the lease, or null if the store makes the lease without one} */
    public @Nullable String leaseId() {
        return leaseId;
    }

    /** {@return whether this item is decided on its own and never refuses the charge} */
    public boolean isShadow() {
        return action == Action.WATCH || action == Action.GLANCE;
    }

    @Override
    public ItemKey plain() {
        return new ItemKey(kind(), rule(), within(), per());
    }

    // What the store found

    /**
     * Returns the limit that the item was held to: its own, or another of the same or a higher version that the store has
     * for this key. All numbers that follow are those of its rates.
     *
     * @return the limit in force
     */
    public Limit inForce() {
        return inForce;
    }

    /** {@return what the store says of this item} */
    public Verdict verdict() {
        return verdict;
    }

    /**
     * Returns what is left of a rate after the charge.
     *
     * @param rate the index of the rate, from 0
     * @return what could be taken at once now, at least 0
     */
    public long available(int rate) {
        return rate == 0 ? available : more(rate, 0);
    }

    /**
     * Returns how long until a rate can give what was asked.
     *
     * @param rate the index of the rate, from 0
     * @return the wait in nanoseconds, 0 if it could give it, {@link Long#MAX_VALUE} if it never can
     */
    public long waitNanos(int rate) {
        return rate == 0 ? waitNanos : more(rate, 1);
    }

    /**
     * Returns how long until a rate is whole again if nothing more is taken.
     *
     * @param rate the index of the rate, from 0
     * @return the time in nanoseconds, 0 if it is whole
     */
    public long resetNanos(int rate) {
        return rate == 0 ? resetNanos : more(rate, 2);
    }

    /** {@return the longest wait of all rates, in nanoseconds} */
    public long waitNanos() {
        long longest = waitNanos;
        for (int i = 1; i < inForce.size(); i++) {
            longest = Math.max(longest, more(i, 1));
        }
        return longest;
    }

    /** {@return the lease that was taken, or null where none was} */
    public @Nullable Lease lease() {
        return lease;
    }

    /**
     * Says what was found. For stores.
     *
     * @param verdict the verdict
     */
    public void verdict(Verdict verdict) {
        this.verdict = requireNonNull(verdict, "verdict");
    }

    /**
     * Says which limit the item is held to, if it is not its own. For stores, before they report.
     *
     * @param stored the limit in force
     */
    public void holdTo(Limit stored) {
        this.inForce = requireNonNull(stored, "stored");
    }

    /**
     * Says what one rate of the limit in force holds. For stores.
     *
     * @param rate the index of the rate, from 0
     * @param available what is left, at least 0
     * @param waitNanos how long until the cost could be given
     * @param resetNanos how long until it is whole again
     * @throws IllegalArgumentException if a number is negative: a store that says so is out of order
     */
    public void report(int rate, long available, long waitNanos, long resetNanos) {
        if ((available | waitNanos | resetNanos) < 0) {
            throw new IllegalArgumentException("available, waitNanos and resetNanos must not be negative but were "
                    + available + ", " + waitNanos + ", " + resetNanos);
        }
        if (rate == 0) {
            this.available = available;
            this.waitNanos = waitNanos;
            this.resetNanos = resetNanos;
            return;
        }
        if (further == null) {
            further = new long[(inForce.size() - 1) * NUMBERS];
        }
        int at = (rate - 1) * NUMBERS;
        further[at] = available;
        further[at + 1] = waitNanos;
        further[at + 2] = resetNanos;
    }

    /**
     * Hands over the lease that was taken. For stores.
     *
     * @param taken the lease
     */
    public void lease(Lease taken) {
        this.lease = requireNonNull(taken, "taken");
    }

    /**
     * Returns what a store has noted here while it works on the charge. For stores.
     *
     * @return the note, or null if there is none
     */
    public @Nullable Object place() {
        return place;
    }

    /**
     * Notes where a store has found the item, so that it need not make a list of its own. For stores.
     *
     * @param found any object
     */
    public void place(@Nullable Object found) {
        this.place = found;
    }

    private long more(int rate, int number) {
        return further == null ? 0 : further[(rate - 1) * NUMBERS + number];
    }
}
