// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * What a charge wants of one item. Immutable.
 *
 * @since 0.1
 */
public enum Action {
    /** Takes what it costs; refuses the whole charge if it cannot. */
    TAKE,
    /** Refuses the whole charge if it could not take what it costs, but takes nothing. */
    LOOK,
    /** Shadow: decided and taken on its own, whatever becomes of the others; never refuses the charge. Not for leases. */
    WATCH,
    /** Shadow of a look: decided on its own, takes nothing, never refuses the charge. Not for leases. */
    GLANCE,
    /** After the answer: takes without asking; a bucket may go below zero, down to minus its capacity. Not for leases. */
    SETTLE
}
