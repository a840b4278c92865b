// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * What became of a charge as a whole. Immutable.
 *
 * @since 0.1
 */
public enum Outcome {
    /** All items passed, and all that were to be taken are taken; or all that were reached, if {@link Charge#isPartly}. */
    ADMITTED,
    /** At least one item refused; nothing was taken but by {@link Action#WATCH}. */
    REFUSED,
    /** At least one item can never pass; nothing was taken but by {@link Action#WATCH}. */
    IMPOSSIBLE,
    /** The store could not be asked. Nothing was taken. */
    NOT_SENT,
    /** The store was asked and did not answer in time. It may have taken what was asked. */
    PERHAPS_SENT;

    /** {@return whether the store decided, one way or the other} */
    public boolean decided() {
        return compareTo(NOT_SENT) < 0;
    }
}
