// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.RateLimiterBuilder;
import dev.weir.redis.RedisStore;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.SharedRateLimitStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;

/** Ways in which instances are wrong, for a judge to find: one that finds nothing in them is no judge. */
enum Mutant {
    /** As it is. */
    NONE,
    /** Takes itself for the only one, so that its share is the whole. */
    ALONE,
    /** Admits what Redis did not decide, and says that Redis did. */
    GENEROUS;

    /** The store of a mutant's limiter, or nothing, where the limiter opens its own. */
    Store store(String uri) {
        return new Store(this, uri);
    }

    /** Holds what a mutant needs. */
    static final class Store implements AutoCloseable {
        private final RedisClient client;
        private final RedisStore redis;
        private final Mutant mutant;

        private Store(Mutant mutant, String uri) {
            this.mutant = mutant;
            this.client = mutant == NONE ? null : RedisClient.create();
            this.redis = client == null
                    ? null
                    : RedisStore.builder(client, RedisURI.create(uri))
                            .namespace(Crowd.NAMESPACE)
                            .build();
        }

        void into(RateLimiterBuilder builder) {
            if (redis != null) {
                builder.store(new Wrong(redis, mutant));
            }
        }

        @Override
        public void close() {
            if (redis != null && client != null) {
                redis.close();
                client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
    }

    /** A store in Redis with the fault of a mutant. */
    private record Wrong(RedisStore redis, Mutant mutant) implements SharedRateLimitStore {

        @Override
        public int heartbeat(long deadlineNanos) {
            int instances = redis.heartbeat(deadlineNanos);
            return mutant == ALONE ? Math.min(1, instances) : instances;
        }

        @Override
        public void charge(Charge charge, long deadlineNanos) {
            redis.charge(charge, deadlineNanos);
            if (mutant == GENEROUS && !charge.outcome().decided()) {
                charge.decide(Outcome.ADMITTED);
            }
        }

        @Override
        public void release(ItemKey key, String leaseId) {
            redis.release(key, leaseId);
        }

        @Override
        public void refill(ItemKey key) {
            redis.refill(key);
        }

        @Override
        public void remove(ItemKey key) {
            redis.remove(key);
        }

        @Override
        public void check(Limit limit) {
            redis.check(limit);
        }

        @Override
        public void close() {
            // Who has opened it closes it.
        }
    }
}
