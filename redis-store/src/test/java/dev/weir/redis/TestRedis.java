// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.RateLimitStore;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.StoreSettings;
import dev.weir.testkit.ManualClock;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** One server for all tests of this JVM that do it no harm, and stores on it whose time a test moves. */
final class TestRedis {

    /** No test moves its clock so far that a lease which nobody renews would end. */
    static final Duration NO_END = Duration.ofDays(1_000 * 365);

    static final RedisServer SERVER = start();
    static final RedisURI URI = RedisURI.create(SERVER.uri());
    static final RedisClient CLIENT = RedisClient.create();

    private static final long ORIGIN_MILLIS = 1_763_800_000_000L;
    private static final AtomicInteger STORES = new AtomicInteger();

    private TestRedis() {}

    /** It ends with this JVM. */
    private static RedisServer start() {
        try {
            return RedisServer.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String newNamespace() {
        return "test-" + STORES.incrementAndGet();
    }

    static RedisStoreBuilder builder() {
        return RedisStore.builder(CLIENT, URI).namespace(newNamespace());
    }

    /** A store in a cluster, as a file makes it, that asks these servers first. */
    static RedisStore inCluster(String namespace, List<String> seeds) {
        String hosts =
                seeds.stream().map(seed -> seed.substring("redis://".length())).collect(Collectors.joining(","));
        StoreSettings settings = new StoreSettings(
                "redis",
                namespace,
                1_000,
                Duration.ofMillis(25),
                Map.of("uri", "redis-cluster://" + hosts, "secret", "s"));
        return (RedisStore) new RedisStoreFactory().open(settings, TimeSource.system());
    }

    /** A store for which it is as late in Redis as by this clock, to the millisecond. */
    static Timed timed(ManualClock clock) {
        RedisStoreBuilder builder = builder().time(clock);
        String key = clockKey(builder);
        return new Timed(
                clock,
                ORIGIN_MILLIS,
                key,
                new RedisStore(builder, "local now = tonumber(redis.call('GET', '" + key + "') or 0)\n", NO_END));
    }

    /**
     * The same by compare-and-swap. Its deadlines go by the real clock, because other threads move this one; and it is 1970, because
     * Bucket4j counts nanoseconds from there in 63 bits, which are all that this clock can be moved by.
     */
    static Timed timedSwaps(ManualClock clock) {
        RedisStoreBuilder builder = builder();
        String key = clockKey(builder);
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        Exchange.Clock shown = commands -> commands.get(name)
                .toCompletableFuture()
                .thenApply(time -> time == null ? 0 : Long.parseLong(new String(time, StandardCharsets.US_ASCII)));
        return new Timed(clock, 0, key, new CompareAndSwapStore(builder, Script.SERVER_CLOCK, shown));
    }

    private static String clockKey(RedisStoreBuilder builder) {
        return builder.keys().namespace() + "-clock";
    }

    /** A store on a clock that stands still until it is moved. */
    static final class Timed implements RateLimitStore {

        private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

        private final ManualClock clock;
        private final long originNanos;
        private final long originMillis;
        private final String clockKey;
        private final Resp redis;
        private final SharedRateLimitStore store;
        private long shown = -1;

        private Timed(ManualClock clock, long originMillis, String clockKey, SharedRateLimitStore store) {
            this.clock = clock;
            this.originNanos = clock.nanoTime();
            this.originMillis = originMillis;
            this.clockKey = clockKey;
            this.store = store;
            try {
                this.redis = SERVER.connect();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        RedisStore store() {
            return (RedisStore) store;
        }

        RedisKeys keys() {
            return store instanceof RedisStore scripts ? scripts.keys() : ((CompareAndSwapStore) store).keys();
        }

        long millis() {
            return originMillis + (clock.nanoTime() - originNanos) / 1_000_000;
        }

        /** Redis is told only of later times, in order, though many threads look at the clock. */
        private synchronized void tell() {
            long now = millis();
            if (now != shown) {
                try {
                    redis.text("SET", clockKey, Long.toString(now));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                shown = now;
            }
        }

        @Override
        public void charge(Charge charge, long deadlineNanos) {
            tell();
            store.charge(charge, PATIENCE_NANOS);
        }

        @Override
        public void release(ItemKey key, String leaseId) {
            store.release(key, leaseId);
        }

        @Override
        public void refill(ItemKey key) {
            store.refill(key);
        }

        @Override
        public void remove(ItemKey key) {
            store.remove(key);
        }

        @Override
        public void check(Limit limit) {
            store.check(limit);
        }

        @Override
        public void close() {
            store.close();
            try {
                redis.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
