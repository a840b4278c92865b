// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.RateLimitStore;

class NaiveStoreTest implements RateLimitStoreContract {

    @Override
    public RateLimitStore newStore(ManualClock clock, long maxKeys) {
        return new NaiveStore(clock);
    }
}
