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

    /* Design: there is one for each thing that a request is counted by, so it holds what nearly every store says of nearly
     * every item, and all else in one field: the store's note while it works, then the lease that was taken, or both and
     * more in an object of their own. */

    private static final int NUMBERS = 3;
    private static final byte PLACE = 0;
    private static final byte LEASE = 1;
    private static final byte EXTRA = 2;

    /** What few items have. */
    private static final class Extra {
        private @Nullable Limit inForce;
        private long waitNanos;
        private long @Nullable [] further;
        private @Nullable String leaseId;
        private @Nullable Lease lease;
        private @Nullable Object place;
    }

    private byte verdict = code(Verdict.PASSED); // a byte, because a reference would make it 8 bytes larger
    private byte noteKind =
            PLACE; // what the note is: a test of its type against an interface would cost more than a charge
    private @Nullable Object note;
    private long available;
    private long resetNanos;

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
        this(new ItemTemplate(action, limit, rule, cost), within, per);
    }

    ChargeItem(ItemTemplate template, @Nullable Key within, Key per) {
        super(template, within, per);
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
        return new ItemTemplate(action, limit, rule, 1).namedItem(within, per, leaseId);
    }

    void name(String leaseId) {
        extra().leaseId = requireNonNull(leaseId, "leaseId");
    }

    /**
     * Asks for the same thing in another way: what was looked at is settled after the answer, for instance.
     *
     * @param other what is wanted now
     * @return an item of the same key, limit and cost
     */
    public ChargeItem as(Action other) {
        ChargeItem item = new ChargeItem(template().as(other), within(), per());
        String leaseId = leaseId();
        if (leaseId != null) {
            item.name(leaseId);
        }
        return item;
    }

    /**
     * Takes over what the store found for an item of the same key later: what is left, but not the wait.
     *
     * @param later the item
     */
    public void updateFrom(ChargeItem later) {
        boolean sameRates = inForce().equals(later.inForce());
        holdTo(later.inForce());
        if (!sameRates && noteKind == EXTRA) {
            extra().further = null;
        }
        for (int rate = 0; rate < inForce().size(); rate++) {
            report(rate, later.available(rate), sameRates ? waitNanos(rate) : 0, later.resetNanos(rate));
        }
    }

    /** {@return what it has in common with the other items of its rule} */
    public ItemTemplate template() {
        return (ItemTemplate) name();
    }

    private @Nullable Extra extraOrNull() {
        return noteKind == EXTRA ? (Extra) note : null;
    }

    private Extra extra() {
        if (noteKind == EXTRA) {
            return (Extra) requireNonNull(note);
        }
        Extra extra = new Extra();
        if (noteKind == LEASE) {
            extra.lease = (Lease) note;
        } else {
            extra.place = note;
        }
        note = extra;
        noteKind = EXTRA;
        return extra;
    }

    /** {@return what is wanted} */
    public Action action() {
        return template().action();
    }

    /** {@return the numbers that it is held to} */
    public Limit limit() {
        return template().limit();
    }

    /** {@return how much is asked, at least 1} */
    public long cost() {
        return template().cost();
    }

    /** {@return the caller's id for the lease, or null if the store makes the lease without one} */
    public @Nullable String leaseId() {
        Extra extra = extraOrNull();
        return extra == null ? null : extra.leaseId;
    }

    /** {@return whether this item is decided on its own and never refuses the charge} */
    public boolean isShadow() {
        return action() == Action.WATCH || action() == Action.GLANCE;
    }

    @Override
    public ItemKey plain() {
        return new ItemKey(name().plain(), within(), per());
    }

    // What the store found

    /**
     * Returns the limit that the item was held to: its own, or another of the same or a higher version that the store has
     * for this key. All numbers that follow are those of its rates.
     *
     * @return the limit in force
     */
    public Limit inForce() {
        Extra extra = extraOrNull();
        return extra == null || extra.inForce == null ? limit() : extra.inForce;
    }

    /** {@return what the store says of this item} */
    public Verdict verdict() {
        return switch (verdict) {
            case 0 -> Verdict.PASSED;
            case 1 -> Verdict.REFUSED;
            case 2 -> Verdict.IMPOSSIBLE;
            default -> Verdict.UNDECIDED;
        };
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
        if (rate > 0) {
            return more(rate, 1);
        }
        Extra extra = extraOrNull();
        return extra == null ? 0 : extra.waitNanos;
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
        long longest = 0;
        for (int i = 0; i < inForce().size(); i++) {
            longest = Math.max(longest, waitNanos(i));
        }
        return longest;
    }

    /** {@return the lease that was taken, or null where none was} */
    public @Nullable Lease lease() {
        Extra extra = extraOrNull();
        return extra != null ? extra.lease : noteKind == LEASE ? (Lease) note : null;
    }

    /**
     * Says what was found. For stores.
     *
     * @param verdict the verdict
     */
    public void verdict(Verdict verdict) {
        this.verdict = code(verdict);
    }

    private static byte code(Verdict verdict) {
        return switch (verdict) {
            case PASSED -> 0;
            case REFUSED -> 1;
            case IMPOSSIBLE -> 2;
            case UNDECIDED -> 3;
        };
    }

    /**
     * Says which limit the item is held to, if it is not its own. For stores, before they report.
     *
     * @param stored the limit in force
     */
    public void holdTo(Limit stored) {
        if (stored != limit() || noteKind == EXTRA) {
            extra().inForce = requireNonNull(stored, "stored");
        }
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
            this.resetNanos = resetNanos;
            if (waitNanos != 0 || noteKind == EXTRA) {
                extra().waitNanos = waitNanos;
            }
            return;
        }
        Extra extra = extra();
        if (extra.further == null) {
            extra.further = new long[(inForce().size() - 1) * NUMBERS];
        }
        int at = (rate - 1) * NUMBERS;
        extra.further[at] = available;
        extra.further[at + 1] = waitNanos;
        extra.further[at + 2] = resetNanos;
    }

    /**
     * Hands over the lease that was taken. For stores; their note may be gone after it.
     *
     * @param taken the lease
     */
    public void lease(Lease taken) {
        requireNonNull(taken, "taken");
        if (noteKind == EXTRA) {
            extra().lease = taken;
        } else {
            note = taken;
            noteKind = LEASE;
        }
    }

    /**
     * Returns what a store has noted here while it works on the charge. For stores.
     *
     * @return the note, or null if there is none
     */
    public @Nullable Object place() {
        Extra extra = extraOrNull();
        return extra != null ? extra.place : noteKind == PLACE ? note : null;
    }

    /**
     * Notes where a store has found the item, so that it need not make a list of its own. For stores.
     *
     * @param found any object, or null
     */
    public void place(@Nullable Object found) {
        if (noteKind == PLACE) {
            note = found;
        } else if (noteKind == EXTRA || found != null) {
            extra().place = found;
        }
    }

    private long more(int rate, int number) {
        Extra extra = extraOrNull();
        return extra == null || extra.further == null ? 0 : extra.further[(rate - 1) * NUMBERS + number];
    }
}
