// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

/**
 * What every store promises, as tests: the text of {@link dev.weir.store.RateLimitStore} and of section 6 of the design.
 *
 * <p>A store's own test class implements this interface, says how to open a store, and is run by JUnit 5:
 *
 * <pre>{@code
 * class MyStoreTest implements RateLimitStoreContract {
 *     public RateLimitStore newStore(ManualClock clock, long maxKeys) {
 *         return new MyStore(clock);
 *     }
 * }
 * }</pre>
 *
 * <p>There are no optional parts: nothing is skipped, and a store that cannot do something fails. A store that decides one
 * bucket at a time, and says so, runs {@link OneBucketContract} instead.
 *
 * @since 0.1
 */
public interface RateLimitStoreContract
        extends BucketContract,
                BucketReconfigurationContract,
                ItemContract,
                ItemBorderContract,
                RollingContract,
                LeaseContract,
                StartContract,
                ChargeContract,
                KeyContract,
                ReconfigurationContract,
                AdministrationContract,
                BorderContract,
                ConcurrencyContract,
                HistoryContract,
                ModelContract {}
