// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.store.BucketLimit;
import dev.weir.store.LeaseLimit;
import dev.weir.store.RollingLimit;
import org.jspecify.annotations.Nullable;

/** The numbers that one rule means for one profile; null for what it does not limit. */
record RuleLimits(
        @Nullable BucketLimit bucket,
        @Nullable RollingLimit rolling,
        @Nullable LeaseLimit lease) {}
