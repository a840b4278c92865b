// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

/**
 * How earnest a rule is. Immutable.
 *
 * @since 0.1
 */
public enum Mode {
    /** Counts and refuses. */
    ENFORCE,
    /** Counts and reports what it would refuse, but refuses nothing. */
    SHADOW,
    /** Does nothing. */
    OFF
}
