// SPDX-License-Identifier: Apache-2.0
/**
 * What a decision costs that many JVMs share in Redis, beside other clients of the same server.
 * {@link dev.weir.benchmarks.redis.RedisComparison} measures it.
 */
package dev.weir.benchmarks.redis;
