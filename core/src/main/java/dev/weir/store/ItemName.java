// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static java.util.Objects.requireNonNull;

/** What all keys of one rule and one kind have in common, so that a key need not carry it. Immutable. */
sealed class ItemName permits ItemTemplate {

    private final ItemKind kind;
    private final String rule;
    private final int hash;

    ItemName(ItemKind kind, String rule) {
        this.kind = requireNonNull(kind, "kind");
        this.rule = requireNonNull(rule, "rule");
        this.hash = (rule.hashCode() * 31 + kind.name().hashCode()) * 31;
    }

    /** {@return what is counted} */
    public final ItemKind kind() {
        return kind;
    }

    /** {@return the name of the rule that counts it} */
    public final String rule() {
        return rule;
    }

    final int hash() {
        return hash;
    }

    /** A name that refers to nothing else, for what is kept longer than a request. */
    ItemName plain() {
        return this;
    }

    final boolean names(ItemName other) {
        return this == other || (hash == other.hash && kind == other.kind && rule.equals(other.rule));
    }
}
