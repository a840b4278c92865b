// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.redisson.api.RateType;
import org.redisson.api.RedissonClient;
import org.redisson.client.codec.StringCodec;
import org.redisson.config.Config;

/** What else asks a Redis server. */
final class PeerSubject {

    private PeerSubject() {}

    private static String[] keys(Site site, String... names) {
        return keys(site, 0, names);
    }

    private static String[] keys(Site site, int bucket, String... names) {
        return Arrays.stream(names).map(name -> site.key(name, bucket)).toArray(String[]::new);
    }

    /** The least that can be asked: a read of a short value. It limits nothing. */
    static final class Get implements Subject {
        private final StatefulRedisConnection<String, String> connection;
        private final RedisCommands<String, String> redis;
        private final String[] keys;

        Get(Site site, Load load, String... names) {
            this.connection = site.connect();
            this.redis = connection.sync();
            this.keys = keys(site, names);
        }

        @Override
        public void prepare(int caller) {
            redis.set(keys[caller], "1");
        }

        @Override
        public boolean take(int caller) {
            return redis.get(keys[caller]) != null;
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /**
     * The script of Spring Cloud Gateway's RedisRateLimiter, out of its artifact, with the arguments that it gives; for several
     * buckets once for each, one after the other.
     */
    static final class Gateway implements Subject {
        private static final String SCRIPT = "META-INF/scripts/request_rate_limiter.lua";

        private final StatefulRedisConnection<String, String> connection;
        private final RedisCommands<String, String> redis;
        private final String[][][] keys;
        private final String[] numbers;
        private final String digest;

        Gateway(Site site, Load load, String[] names, int buckets) {
            this.connection = site.connect();
            this.redis = connection.sync();
            this.keys = new String[buckets][][];
            for (int bucket = 0; bucket < buckets; bucket++) {
                keys[bucket] = Arrays.stream(PeerSubject.keys(site, bucket, names))
                        .map(key -> new String[] {"{" + key + "}.tokens", "{" + key + "}.timestamp"})
                        .toArray(String[][]::new);
            }
            this.numbers = new String[] {Double.toString(load.perSecond()), Long.toString(load.capacity()), "", "1"};
            this.digest = redis.scriptLoad(script());
        }

        private static String script() {
            try (InputStream in = Gateway.class.getClassLoader().getResourceAsStream(SCRIPT)) {
                if (in == null) {
                    throw new IllegalStateException(SCRIPT + " is not on the class path");
                }
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public boolean take(int caller) {
            for (String[][] bucket : keys) {
                List<Long> answer = redis.evalsha(digest, ScriptOutputType.MULTI, bucket[caller], numbers);
                if (answer.get(0) != 1) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void close() {
            connection.close();
        }
    }

    /**
     * Redisson's limiter. It keeps an entry for each permit of a period, so where nobody is refused its period is a second:
     * with a longer one it would only grow slower.
     */
    static final class Redisson implements Subject {
        private final RedissonClient client;
        private final Load load;
        private final String[] keys;

        Redisson(Site site, Load load, String... names) {
            Config config = new Config();
            config.setCodec(StringCodec.INSTANCE);
            config.useSingleServer().setAddress(site.uri());
            this.client = org.redisson.Redisson.create(config);
            this.load = load;
            this.keys = keys(site, names);
        }

        @Override
        public void prepare(int caller) {
            Duration period = load.equals(Load.OPEN) ? Duration.ofSeconds(1) : load.period();
            client.getRateLimiter(keys[caller]).trySetRate(RateType.OVERALL, load.capacity(), period);
        }

        @Override
        public boolean take(int caller) {
            return client.getRateLimiter(keys[caller]).tryAcquire();
        }

        @Override
        public void close() {
            client.shutdown();
        }
    }
}
