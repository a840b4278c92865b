// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static java.util.Objects.requireNonNull;

import dev.weir.key.Key;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The name of one bucket, rolling log or set of leases: its rule, whose it is, and inside what.
 *
 * <p>Names are compared part by part. They have a total order, by which a store can lock several of them without
 * deadlock. A {@link ChargeItem} is also a key, equal to the plain key of the same parts, so that a store can look an
 * item up without making another object; {@link #plain()} is what it keeps, or an object of its own that is a key too.
 *
 * <p>Immutable in what equality sees.
 *
 * @since 0.1
 */
public class ItemKey implements Comparable<ItemKey> {

    private final ItemName name;
    private final @Nullable Key within;
    private final Key per;

    /**
     * Names an item.
     *
     * @param kind what is counted
     * @param rule the name of the rule that counts it
     * @param within the caller inside whom it is counted, or null where the rule has none
     * @param per the caller for whom it is counted
     */
    public ItemKey(ItemKind kind, String rule, @Nullable Key within, Key per) {
        this(new ItemName(kind, rule), within, per);
    }

    ItemKey(ItemName name, @Nullable Key within, Key per) {
        this.name = name;
        this.within = within;
        this.per = requireNonNull(per, "per");
    }

    /**
     * Makes a key of the same parts that holds nothing else. For stores whose entries are their own keys.
     *
     * @param parts the key whose parts it has
     */
    protected ItemKey(ItemKey parts) {
        this(parts.name.plain(), parts.within, parts.per);
    }

    /** {@return what is counted} */
    public final ItemKind kind() {
        return name.kind();
    }

    /** {@return the name of the rule that counts it} */
    public final String rule() {
        return name.rule();
    }

    /** {@return the caller inside whom it is counted, or null where the rule has none} */
    public final @Nullable Key within() {
        return within;
    }

    /** {@return the caller for whom it is counted} */
    public final Key per() {
        return per;
    }

    final ItemName name() {
        return name;
    }

    /** {@return a key of the same parts that holds nothing else} */
    public ItemKey plain() {
        return this;
    }

    @Override
    public final boolean equals(@Nullable Object o) {
        return this == o
                || (o instanceof ItemKey other
                        && per.equals(other.per)
                        && name.names(other.name)
                        && Objects.equals(within, other.within));
    }

    /** The hashes of the parts are kept by the parts. */
    @Override
    public final int hashCode() {
        return name.hash() + per.hashCode() + (within == null ? 0 : within.hashCode() * 31);
    }

    /** Orders by hashes first, which are at hand and nearly always decide, then by the parts. */
    @Override
    public final int compareTo(ItemKey other) {
        int c = Integer.compare(name.hash(), other.name.hash());
        return c != 0 ? c : compareFurther(other);
    }

    private int compareFurther(ItemKey other) {
        int c = Integer.compare(per.hashCode(), other.per.hashCode());
        if (c == 0) {
            c = kind().compareTo(other.kind());
        }
        if (c == 0) {
            c = rule().compareTo(other.rule());
        }
        if (c == 0) {
            c = compare(per, other.per);
        }
        return c != 0 ? c : compare(within, other.within);
    }

    private static int compare(@Nullable Key a, @Nullable Key b) {
        if (a == null || b == null) {
            return Boolean.compare(a != null, b != null);
        }
        int c = a.scope().compareTo(b.scope());
        return c != 0 ? c : a.value().compareTo(b.value());
    }

    /** {@return the parts, for people; never for logs, which carry digests} */
    @Override
    public String toString() {
        return kind() + " " + rule() + " of " + per + (within == null ? "" : " within " + within);
    }
}
