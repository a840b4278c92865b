// SPDX-License-Identifier: Apache-2.0
import dev.weir.redis.RedisStoreFactory;
import dev.weir.store.RateLimitStoreFactory;
import org.jspecify.annotations.NullMarked;

/** The store that many JVMs share. */
@NullMarked
module dev.weir.redis {
    requires transitive dev.weir;
    requires transitive lettuce.core;
    requires io.github.bucket4j.lettuce;
    requires io.github.bucket4j.redis.common;
    requires io.netty.common;
    requires static transitive org.jspecify;

    exports dev.weir.redis;

    provides RateLimitStoreFactory with
            RedisStoreFactory;
}
