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

    private ChargeItem[] items;
    private int size;
    private Outcome outcome = Outcome.NOT_SENT;
    private @Nullable Throwable cause;
    private boolean failedAlone;

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

    /** {@return why the store failed, or null where it did not or does not say} */
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
        this.failedAlone = false;
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
        this.failedAlone = false;
    }

    /**
     * Says that this charge cannot be decided though the store is well, because what is kept under one of its keys is not
     * what the store has written there. Nothing was taken. It speaks of this charge's keys alone, so it opens no breaker.
     *
     * @param why what is wrong, and what an operator can do
     */
    public void failAlone(Throwable why) {
        fail(Outcome.NOT_SENT, requireNonNull(why, "why"));
        this.failedAlone = true;
    }

    /** {@return whether it failed by {@link #failAlone}} */
    public boolean failedAlone() {
        return failedAlone;
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
