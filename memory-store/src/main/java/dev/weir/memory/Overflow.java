// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import org.jspecify.annotations.Nullable;

/**
 * An entry that many keys share because the table is full.
 *
 * @param name which keys share it
 * @param entry what they share
 * @param order its place in the order of locks, behind all entries of the table
 */
record Overflow(Name name, Entry entry, long order) {

    /**
     * Which keys share an entry.
     *
     * @param limit the limit that they have in common, or null where there are too many limits to keep apart
     */
    record Name(String rule, ItemKind kind, @Nullable Limit limit, int shard) {}
}
