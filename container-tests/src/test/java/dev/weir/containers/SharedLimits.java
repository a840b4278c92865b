// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import dev.weir.redisrig.RedisServer;

/** Configurations in which limits are kept in Redis. */
final class SharedLimits {

    private SharedLimits() {}

    static String inRedis(RedisServer redis, String rate) {
        return inRedis(redis.uri(), rate, "");
    }

    /**
     * A rule for every address, in Redis.
     *
     * @param more further keys of the store, each with a comma before it
     */
    static String inRedis(String uri, String rate, String more) {
        return "store: {type: redis, redis: {uri: \"" + uri + "\", deadline: 1s}" + more + "}\n"
                + "rules: [{name: api, path: /**, per: ip, rate: " + rate + ", concurrent: 50}]\n";
    }
}
