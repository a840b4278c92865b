// SPDX-License-Identifier: Apache-2.0
/**
 * Buckets, rolling logs and leases in Redis. {@link dev.weir.redis.RedisStore} is the store, which {@code store.type: redis}
 * opens; {@link dev.weir.redis.RedisKeys} says under which keys it counts.
 */
package dev.weir.redis;
