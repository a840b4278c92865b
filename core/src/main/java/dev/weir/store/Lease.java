// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * One lease that a charge took: the handle by which it is given back.
 *
 * <p>Implemented by stores. Releasing it a second time does nothing. Thread-safe.
 *
 * @since 0.1
 */
public interface Lease {

    /** {@return the set of leases that it counts in} */
    ItemKey key();

    /** Gives the lease back. Only the first call has an effect. Never throws. */
    void release();
}
