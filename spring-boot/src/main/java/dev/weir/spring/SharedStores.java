// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import dev.weir.store.RateLimitStore;
import dev.weir.store.StoreSettings;
import org.jspecify.annotations.Nullable;

/** Opens stores on what the application has already. */
interface SharedStores {

    /** Answers null where the configured store is none of these, and is to be opened in the usual way. */
    @Nullable RateLimitStore open(StoreSettings settings);
}
