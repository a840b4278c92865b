// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import dev.weir.time.TimeSource;

/**
 * Opens the stores of one type. Found through {@link java.util.ServiceLoader} by the class loader of Weir itself.
 *
 * @since 0.1
 */
public interface RateLimitStoreFactory {

    /** {@return the word that {@code store.type} has in the configuration, such as {@code memory}} */
    String type();

    /**
     * Opens a store.
     *
     * @param settings what the configuration says
     * @param time the clocks
     * @return an open store, which the caller closes
     * @throws IllegalArgumentException if the settings cannot work, with the place and the remedy
     */
    RateLimitStore open(StoreSettings settings, TimeSource time);
}
