// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * What a store says of one item of a charge. Immutable.
 *
 * @since 0.1
 */
public enum Verdict {
    /** There was enough. Whether it was taken is for the charge's {@link Outcome} to say, or for the action. */
    PASSED,
    /** There was not enough yet. */
    REFUSED,
    /** The cost is above a capacity, so there will never be enough. */
    IMPOSSIBLE,
    /**
     * Not looked at, because another item refuses the charge anyway, or because it could not be reached. Nothing was taken, and
     * nothing is known.
     */
    UNDECIDED;

    /** {@return whether an item with this verdict stands in the way of its charge} */
    public boolean refuses() {
        return this == REFUSED || this == IMPOSSIBLE;
    }
}
