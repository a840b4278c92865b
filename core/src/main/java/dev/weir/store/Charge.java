// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that one request asks of the store at once, and the place where the store writes what became of it.
 *
 * <p>All items that may refuse stand and fall together: either all are taken or none. No two items of a charge have the
 * same key. Not thread-safe.
 *
 * @since 0.1
 */
public final class Charge {

    /* Design: how far an outcome reaches where it does not speak of the whole store stands in one field, so that a charge
     * which simply passes is no larger for it. */
    private static final class Part {
        private static final Part KEYS = new Part(null);
        private static final Part PLACE = new Part(null);

        private @Nullable Runnable undo;

        private Part(@Nullable Runnable undo) {
            this.undo = undo;
        }
    }

    private ChargeItem[] items;
    private int size;
    private Outcome outcome = Outcome.NOT_SENT;
    private @Nullable Throwable cause;
    private @Nullable Part part;

    /**
     * Makes an empty charge.
     *
     * @param expectedItems how many items are to come
     */
    public Charge(int expectedItems) {
        this.items = new ChargeItem[Math.max(1, expectedItems)];
    }

    /**
     * Makes a charge.
     *
     * @param items the items
     * @return a charge of these items
     */
    public static Charge of(ChargeItem... items) {
        Charge charge = new Charge(items.length);
        for (ChargeItem item : items) {
            charge.add(item);
        }
        return charge;
    }

    /**
     * Adds an item.
     *
     * @param item the item, of a key that no other item has
     */
    public void add(ChargeItem item) {
        if (size == items.length) {
            items = Arrays.copyOf(items, size * 2);
        }
        items[size++] = requireNonNull(item, "item");
    }

    /** {@return how many items there are} */
    public int size() {
        return size;
    }

    /**
     * Returns one item.
     *
     * @param index which, from 0
     * @return the item
     */
    public ChargeItem item(int index) {
        return items[index];
    }

    /** {@return the items, as a list that cannot be changed} */
    public List<ChargeItem> items() {
        return List.of(Arrays.copyOf(items, size));
    }

    /** {@return what became of it; {@link Outcome#NOT_SENT} before a store has seen it} */
    public Outcome outcome() {
        return outcome;
    }

    /** {@return why the store failed or decided only in part, or null where it did not or does not say} */
    public @Nullable Throwable cause() {
        return cause;
    }

    /**
     * Says what became of it. For stores.
     *
     * @param decided one of the three outcomes in which the store decided
     */
    public void decide(Outcome decided) {
        this.outcome = requireNonNull(decided, "decided");
        this.cause = null;
        this.part = null;
    }

    /**
     * Says that the items which could be reached are decided and admitted, and that the others could not be. For stores that
     * keep what they count in several places, of which some may answer while others do not.
     *
     * <p>The outcome becomes {@link Outcome#ADMITTED}. An item that could not be reached has {@link Verdict#UNDECIDED}, which the
     * store writes into it before; as far as the store knows it has taken nothing, or what it took perhaps is given back.
     * Whoever asked decides about such items by their rules' failure policies, and may find that the whole is refused: then he
     * calls {@link #undo}. If an item that was reached refuses, nothing of this is needed: the store itself gives back what
     * the others have taken, and says {@link #decide} with the refusal.
     *
     * <pre>{@code
     * if (charge.outcomeOfVerdicts() != Outcome.ADMITTED) {
     *     refund(taken);
     *     charge.decide(charge.outcomeOfVerdicts());
     * } else if (lost == null) {
     *     charge.decide(Outcome.ADMITTED);
     * } else {
     *     charge.decidePartly(() -> refund(taken), lost);
     * }
     * }</pre>
     *
     * @param undo gives back all that items of {@link Action#TAKE} have taken, their leases included; but a lease under an id of
     *     the caller's that was held before this charge stays. What is taken by {@link Action#WATCH} and {@link Action#SETTLE}
     *     stays taken. It is run at most once, on the thread that has asked; it must not wait for an answer, and must not throw
     * @param why why the other items could not be reached
     * @throws IllegalStateException if an item refuses, or none is undecided
     */
    public void decidePartly(Runnable undo, Throwable why) {
        requireNonNull(undo, "undo");
        requireNonNull(why, "why");
        if (outcomeOfVerdicts() != Outcome.ADMITTED) {
            throw new IllegalStateException(
                    "an item refuses; give back what the others have taken, and decide(" + outcomeOfVerdicts() + ")");
        }
        if (!leavesItemsUndecided()) {
            throw new IllegalStateException(
                    "no item is UNDECIDED; write that into each that could not be reached, or" + " decide(ADMITTED)");
        }
        this.outcome = Outcome.ADMITTED;
        this.cause = why;
        this.part = new Part(undo);
    }

    private boolean leavesItemsUndecided() {
        for (int i = 0; i < size; i++) {
            if (items[i].verdict() == Verdict.UNDECIDED) {
                return true;
            }
        }
        return false;
    }

    /** {@return whether the store has decided only some of the items, by {@link #decidePartly}} */
    public boolean isPartly() {
        return part != null && outcome.decided();
    }

    /**
     * Gives back all that the decided items of a partly decided charge have taken, as {@link #decidePartly} says. Only the first
     * call has an effect, and none where the charge is not partly decided.
     */
    public void undo() {
        Part taken = part;
        if (taken != null && taken.undo != null) {
            Runnable undo = taken.undo;
            taken.undo = null;
            undo.run();
        }
    }

    /**
     * Says that the store failed. For stores and for what wraps them.
     *
     * @param how {@link Outcome#NOT_SENT} or {@link Outcome#PERHAPS_SENT}
     * @param why the cause, or null where there is none
     */
    public void fail(Outcome how, @Nullable Throwable why) {
        if (how.decided()) {
            throw new IllegalArgumentException("how must be NOT_SENT or PERHAPS_SENT but was " + how);
        }
        this.outcome = how;
        this.cause = why;
        this.part = null;
    }

    /**
     * Says that the place where all items of this charge are kept could not answer, though the store as a whole is well. It says
     * nothing of other charges, so it opens no breaker: a store that has places sees to it by itself that charges do not wait
     * for one that is known to be gone.
     *
     * @param how {@link Outcome#NOT_SENT} or {@link Outcome#PERHAPS_SENT}
     * @param why the cause
     */
    public void failAside(Outcome how, Throwable why) {
        fail(how, requireNonNull(why, "why"));
        this.part = Part.PLACE;
    }

    /** {@return whether it failed by {@link #failAside}} */
    public boolean failedAside() {
        return part == Part.PLACE;
    }

    /**
     * Says that this charge cannot be decided though the store is well, because what is kept under one of its keys is not
     * what the store has written there. Nothing was taken. It speaks of this charge's keys alone, so it opens no breaker.
     *
     * @param why what is wrong, and what an operator can do
     */
    public void failAlone(Throwable why) {
        fail(Outcome.NOT_SENT, requireNonNull(why, "why"));
        this.part = Part.KEYS;
    }

    /** {@return whether it failed by {@link #failAlone}} */
    public boolean failedAlone() {
        return part == Part.KEYS;
    }

    /* Design: the verdict on the whole is a rule of the contract, so it stands here once for all stores. */
    /** {@return what follows for the whole from the verdicts of the items that may refuse} */
    public Outcome outcomeOfVerdicts() {
        Outcome worst = Outcome.ADMITTED;
        for (int i = 0; i < size; i++) {
            ChargeItem item = items[i];
            if (item.isShadow() || item.action() == Action.SETTLE) {
                continue;
            }
            if (item.verdict() == Verdict.IMPOSSIBLE) {
                return Outcome.IMPOSSIBLE;
            }
            if (item.verdict() == Verdict.REFUSED) {
                worst = Outcome.REFUSED;
            }
        }
        return worst;
    }
}
