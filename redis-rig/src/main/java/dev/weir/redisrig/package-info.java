// SPDX-License-Identifier: Apache-2.0
/**
 * What tests need of Redis: {@link dev.weir.redisrig.RedisServer} starts, stops, freezes and kills one,
 * {@link dev.weir.redisrig.RedisCluster} makes a cluster of several, {@link dev.weir.redisrig.RedisSentinel} a master that changes,
 * {@link dev.weir.redisrig.FaultProxy} breaks the way to it, {@link dev.weir.redisrig.Resp} looks at it from outside, and
 * {@link dev.weir.redisrig.Jvm} runs one of those that share it.
 */
@NullMarked
package dev.weir.redisrig;

import org.jspecify.annotations.NullMarked;
