// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.BucketLimit;
import dev.weir.store.Limit;
import java.util.Arrays;
import java.util.List;

/**
 * What a store promises that decides one bucket at a time, as tests: for a store that says so by {@link
 * dev.weir.store.RateLimitStore#checkTogether}. All of it is part of {@link RateLimitStoreContract}, which a store of every kind
 * and number of items runs instead.
 *
 * @since 0.1
 */
public interface OneBucketContract
        extends BucketContract, BucketReconfigurationContract, ItemContract, ItemBorderContract {

    @Override
    default List<Limit> limits(Limit... some) {
        return Arrays.stream(some).filter(BucketLimit.class::isInstance).toList();
    }
}
