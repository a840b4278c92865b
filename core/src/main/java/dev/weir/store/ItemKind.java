// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * What kind of thing is counted. Immutable.
 *
 * @since 0.1
 */
public enum ItemKind {
    /** A token bucket of one or several bandwidths. */
    BUCKET,
    /** A log of the last entries, for quotas that hold in every period. */
    ROLLING,
    /** A limited number of leases held at once. */
    LEASE
}
