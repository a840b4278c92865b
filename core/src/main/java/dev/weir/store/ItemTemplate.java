// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static java.util.Objects.requireNonNull;

import dev.weir.key.Key;
import org.jspecify.annotations.Nullable;

/**
 * What the items of one rule have in common: what is wanted, by which limit, at which cost. It is made once, and an item
 * for each request then holds little more than whom it is for.
 *
 * <pre>{@code
 * ItemTemplate perUser = new ItemTemplate(Action.TAKE, limit, "api", 1);
 * store.charge(Charge.of(perUser.item(null, Key.of(Scope.USER, "fred"))), deadlineNanos);
 * }</pre>
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class ItemTemplate extends ItemName {

    private final ItemName plain;
    private final Action action;
    private final Limit limit;
    private final long cost;
    private final @Nullable Object tag;

    /**
     * Makes a template.
     *
     * @param action what is wanted
     * @param limit the numbers that the items are held to, which also say of what kind they are
     * @param rule the name of the rule that asks
     * @param cost how much, at least 1; 1 for a lease
     * @throws IllegalArgumentException if the cost is out of range, or the action is not for leases
     */
    public ItemTemplate(Action action, Limit limit, String rule, long cost) {
        this(new ItemName(limit.kind(), rule), action, limit, cost, null);
    }

    private ItemTemplate(ItemName plain, Action action, Limit limit, long cost, @Nullable Object tag) {
        super(plain.kind(), plain.rule());
        this.plain = plain;
        this.action = requireNonNull(action, "action");
        this.limit = limit;
        this.cost = cost;
        this.tag = tag;
        if (cost < 1) {
            throw new IllegalArgumentException("cost must be at least 1 but was " + cost);
        }
        if (kind() == ItemKind.LEASE && (cost != 1 || (action != Action.TAKE && action != Action.LOOK))) {
            throw new IllegalArgumentException(
                    "a lease must be a take or a look of 1 but was a " + action + " of " + cost);
        }
    }

    /**
     * Asks for the same at another cost.
     *
     * @param other how much, at least 1
     * @return this template, or one that differs in nothing but the cost
     * @throws IllegalArgumentException if the cost is out of range
     */
    public ItemTemplate costing(long other) {
        return other == cost ? this : new ItemTemplate(plain, action, limit, other, tag);
    }

    /**
     * Asks for the same in another way.
     *
     * @param other what is wanted
     * @return this template, or one that differs in nothing but the action
     * @throws IllegalArgumentException if the action is not for leases
     */
    public ItemTemplate as(Action other) {
        return other == action ? this : new ItemTemplate(plain, other, limit, cost, tag);
    }

    /**
     * Ties something to the items by which whoever asks finds his way back from them. Stores pay no heed to it.
     *
     * @param any the thing
     * @return a template that differs in nothing but the tag
     */
    public ItemTemplate tagged(Object any) {
        return new ItemTemplate(plain, action, limit, cost, requireNonNull(any, "any"));
    }

    /**
     * Makes an item for a charge.
     *
     * @param within the caller inside whom it is counted, or null where the rule has none
     * @param per the caller for whom it is counted
     * @return the item
     */
    public ChargeItem item(@Nullable Key within, Key per) {
        return new ChargeItem(this, within, per);
    }

    /**
     * Makes an item for a lease with an id of the caller's, see {@link ChargeItem#namedLease}.
     *
     * @param within the caller inside whom it is counted, or null where the rule has none
     * @param per the caller for whom it is counted
     * @param leaseId the id, by which any instance can release it
     * @return the item
     * @throws IllegalStateException if this is not the template of leases
     */
    public ChargeItem namedItem(@Nullable Key within, Key per, String leaseId) {
        if (kind() != ItemKind.LEASE) {
            throw new IllegalStateException("only leases have ids, but this is the template of a " + kind());
        }
        ChargeItem item = item(within, per);
        item.name(leaseId);
        return item;
    }

    /** {@return what is wanted} */
    public Action action() {
        return action;
    }

    /** {@return the numbers that the items are held to} */
    public Limit limit() {
        return limit;
    }

    /** {@return how much is asked, at least 1} */
    public long cost() {
        return cost;
    }

    /** {@return what whoever asks has tied to the items, or null} */
    public @Nullable Object tag() {
        return tag;
    }

    @Override
    ItemName plain() {
        return plain;
    }
}
