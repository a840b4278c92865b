// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

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
     * @param limit the numbers that they have in common, whatever the version
     */
    record Name(String rule, Limit limit, int shard) {

        @Override
        public boolean equals(@Nullable Object o) {
            return o instanceof Name other
                    && shard == other.shard
                    && rule.equals(other.rule)
                    && sameNumbers(limit, other.limit);
        }

        private static boolean sameNumbers(Limit a, Limit b) {
            boolean same = a.kind() == b.kind() && a.size() == b.size();
            for (int i = 0; same && a != b && i < a.size(); i++) {
                same = a.capacity(i) == b.capacity(i)
                        && a.amount(i) == b.amount(i)
                        && a.periodNanos(i) == b.periodNanos(i);
            }
            return same;
        }

        @Override
        public int hashCode() {
            int hash = rule.hashCode() * 31 + shard;
            for (int i = 0; i < limit.size(); i++) {
                hash = hash * 31 + Long.hashCode(limit.capacity(i));
                hash = hash * 31 + Long.hashCode(limit.periodNanos(i));
            }
            return hash;
        }
    }
}
