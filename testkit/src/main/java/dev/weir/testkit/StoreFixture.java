// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.Limit;
import dev.weir.store.RateLimitStore;
import java.time.Duration;
import java.util.List;

/**
 * Makes the stores that a contract is run on.
 *
 * @since 0.1
 */
public interface StoreFixture {

    /**
     * Opens an empty store whose own time is this clock's. Called once in each test, which closes the store.
     *
     * @param clock the clock, which the test moves
     * @param maxKeys how many keys the test will use at most
     * @return an open store that shares nothing with any other that was made here
     */
    RateLimitStore newStore(ManualClock clock, long maxKeys);

    /**
     * Returns the smallest step of the store's clock. A store that counts in milliseconds states waits in whole
     * milliseconds, rounded up.
     *
     * @return the step, one nanosecond unless overridden; at most a millisecond
     */
    default Duration clockResolution() {
        return Duration.ofNanos(1);
    }

    /**
     * Picks those of several limits that the store holds. All are picked for a store of {@link RateLimitStoreContract}.
     *
     * @param some limits, a bucket among them
     * @return those on which a test is to be run
     */
    default List<Limit> limits(Limit... some) {
        return List.of(some);
    }
}
