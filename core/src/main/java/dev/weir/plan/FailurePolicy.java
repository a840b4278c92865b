// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

/**
 * What a rule does when a shared store does not answer. Immutable.
 *
 * @since 0.1
 */
public enum FailurePolicy {
    /** Goes on in this instance's memory with its share of the limit. */
    LOCAL,
    /** Lets pass what it would have counted. */
    OPEN,
    /** Refuses with 503 what it would have counted. */
    CLOSED
}
