// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;

/**
 * Where a subject does its work: one server, one client whose threads all share, and key names of its own. Immutable.
 *
 * @param client the client
 * @param uri the server
 * @param prefix the beginning of the subject's keys
 */
record Site(RedisClient client, String uri, String prefix) {

    /** Names alike in length; the same for every subject. */
    private static final int FIRST = 10_000_000;

    /** {@return the names of so many callers} */
    static String[] names(int callers) {
        String[] names = new String[callers];
        for (int i = 0; i < callers; i++) {
            names[i] = "user-" + (FIRST + i);
        }
        return names;
    }

    /** {@return the same place with other keys} */
    Site within(String other) {
        return new Site(client, uri, prefix + other);
    }

    /** {@return the key of one of a caller's buckets, of which the first is 0} */
    String key(String name, int bucket) {
        return prefix + ":" + bucket + ":" + name;
    }

    RedisURI address() {
        return RedisURI.create(uri);
    }

    StatefulRedisConnection<String, String> connect() {
        return connect(StringCodec.UTF8);
    }

    StatefulRedisConnection<String, byte[]> connectForBytes() {
        return connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE));
    }

    private <V> StatefulRedisConnection<String, V> connect(RedisCodec<String, V> codec) {
        return client.connect(codec, address());
    }
}
