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
 * item up without making another object; {@link #plain()} is what it keeps.
 *
 * <p>Immutable in what equality sees.
 *
 * @since 0.1
 */
public sealed class ItemKey implements Comparable<ItemKey> permits ChargeItem {

    private final String rule;
    private final @Nullable Key within;
    private final Key per;
    private final ItemKind kind;
    private final int hash;

    /**
     * Names an item.
     *
     * @param kind what is counted
     * @param rule the name of the rule that counts it
     * @param within the caller inside whom it is counted, or null where the rule has none
     * @param per the caller for whom it is counted
     */
    public ItemKey(ItemKind kind, String rule, @Nullable Key within, Key per) {
        this.kind = requireNonNull(kind, "kind");
        this.rule = requireNonNull(rule, "rule");
        this.within = within;
        this.per = requireNonNull(per, "per");
        int h = rule.hashCode() * 31 + per.hashCode();
        h = h * 31 + (within == null ? 0 : within.hashCode());
        this.hash = h * 31 + kind.name().hashCode();
    }

    /** {@return what is counted} */
    public final ItemKind kind() {
        return kind;
    }

    /** {@return the name of the rule that counts it} */
    public final String rule() {
        return rule;
    }

    /** {@return the caller inside whom it is counted, or null where the rule has none} */
    public final @Nullable Key within() {
        return within;
    }

    /** {@return the caller for whom it is counted} */
    public final Key per() {
        return per;
    }

    /** {@return a key of the same parts that holds nothing else} */
    public ItemKey plain() {
        return this;
    }

    @Override
    public final boolean equals(@Nullable Object o) {
        return this == o
                || (o instanceof ItemKey other
                        && hash == other.hash
                        && kind == other.kind
                        && rule.equals(other.rule)
                        && per.equals(other.per)
                        && Objects.equals(within, other.within));
    }

    @Override
    public final int hashCode() {
        return hash;
    }

    /** Orders by hash first, which is cheap and nearly always decides, then by the parts. */
    @Override
    public final int compareTo(ItemKey other) {
        int c = Integer.compare(hash, other.hash);
        if (c == 0) {
            c = kind.compareTo(other.kind);
        }
        if (c == 0) {
            c = rule.compareTo(other.rule);
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
        return kind + " " + rule + " of " + per + (within == null ? "" : " within " + within);
    }
}
