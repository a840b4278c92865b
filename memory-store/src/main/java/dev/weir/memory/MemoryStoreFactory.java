// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.RateLimitStore;
import dev.weir.store.RateLimitStoreFactory;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;

/**
 * Opens memory stores for {@code store.type: memory}.
 *
 * @since 0.1
 */
public final class MemoryStoreFactory implements RateLimitStoreFactory {

    /** Makes the factory. */
    public MemoryStoreFactory() {}

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public RateLimitStore open(StoreSettings settings, TimeSource time) {
        return new MemoryStore(settings.maxKeys(), time);
    }
}
