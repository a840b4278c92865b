// SPDX-License-Identifier: Apache-2.0
/**
 * The contract between Weir and the places where buckets and leases live. A store implements
 * {@link dev.weir.store.RateLimitStore} and is found through a {@link dev.weir.store.RateLimitStoreFactory}.
 *
 * <p>Bucket4j is the model and the arithmetic of buckets, so its types show here, and only here.
 */
package dev.weir.store;
