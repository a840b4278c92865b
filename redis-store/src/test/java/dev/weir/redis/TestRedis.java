// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

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

    /** A store for which it is as late in Redis as by this clock, to the millisecond. */
    static Timed timed(ManualClock clock) {
        return new Timed(clock);
    }

    /** A store on a clock that stands still until it is moved. */
    static final class Timed implements RateLimitStore {

        private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

        private final ManualClock clock;
        private final long originNanos;
        private final String clockKey;
        private final Resp redis;
        private final RedisStore store;
        private long shown = -1;

        private Timed(ManualClock clock) {
            this.clock = clock;
            this.originNanos = clock.nanoTime();
            RedisStoreBuilder builder = builder().time(clock);
            this.store = new RedisStore(
                    builder,
                    "local now = tonumber(redis.call('GET', '" + builder.keys().namespace() + "-clock') or 0)\n",
                    NO_END);
            this.clockKey = store.keys().namespace() + "-clock";
            try {
                this.redis = SERVER.connect();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        RedisStore store() {
            return store;
        }

        long millis() {
            return ORIGIN_MILLIS + (clock.nanoTime() - originNanos) / 1_000_000;
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
