// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.key.Key;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.SharedMaps;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.VersionedMap;
import dev.weir.time.TimeSource;
import io.github.bucket4j.BucketExceptions.BucketExecutionException;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.Request;
import io.github.bucket4j.distributed.serialization.SerializationHandle;
import io.github.bucket4j.distributed.versioning.Versions;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.StatefulRedisConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The store of {@code strategy: compare-and-swap}: Bucket4j's own manager for Lettuce on the keys and bytes of {@link RedisStore},
 * for servers on which Weir's script does not run. A charge of one bucket is all that it can decide at once. Thread-safe.
 */
final class CompareAndSwapStore implements SharedRateLimitStore, SharedMaps {

    static final String NEEDS =
            "strategy: compare-and-swap needs GET, SET, PSETEX, TIME and EVAL: use a server that has them";

    private static final String ONLY =
            "store.redis.strategy: compare-and-swap decides one bucket for a request, and no rolling quota and nothing"
                    + " concurrent, but here are ";
    private static final BucketLimit TRIAL_LIMIT =
            new BucketLimit(List.of(new Rate(1_000_000, Duration.ofSeconds(1).toNanos(), 1_000_000)), 0);

    /** Bucket4j lives on Redis' expiry, so a key ends when its bucket is whole. */
    private static final ExpirationAfterWriteStrategy EXPIRY = new ExpirationAfterWriteStrategy() {
        @Override
        public long calculateTimeToLiveMillis(RemoteBucketState state, long currentTimeNanos) {
            return BucketCommand.lifeMillis(state);
        }

        @Override
        public SerializationHandle<ExpirationAfterWriteStrategy> getSerializationHandle() {
            throw new UnsupportedOperationException("it runs where it was made");
        }
    };

    private final RedisKeys keys;
    private final TimeSource time;
    private final Exchange.Clock clock;
    private final RedisStore rest; // all but charges

    CompareAndSwapStore(RedisStoreBuilder builder, String scriptClock, Exchange.Clock clock) {
        this.keys = builder.keys();
        this.time = builder.time();
        this.clock = clock;
        this.rest = new RedisStore(builder, scriptClock, RedisStore.LEASE_LIFE, this::attempt);
    }

    RedisKeys keys() {
        return keys;
    }

    @Override
    public VersionedMap map(String name) {
        return rest.map(name);
    }

    @Override
    public void check(Limit limit) {
        checkTogether(List.of(limit.kind()));
        rest.check(limit);
    }

    @Override
    public void checkTogether(List<ItemKind> kinds) {
        if (kinds.size() > 1 || !kinds.stream().allMatch(kind -> kind == ItemKind.BUCKET)) {
            String found = kinds.stream().map(CompareAndSwapStore::word).collect(Collectors.joining(", "));
            throw new IllegalArgumentException(
                    ONLY + found + "; write strategy: script, or rules whose paths or methods"
                            + " differ, each with a rate that refills evenly");
        }
    }

    private static String word(ItemKind kind) {
        return switch (kind) {
            case BUCKET -> "a bucket";
            case ROLLING -> "a rolling quota";
            case LEASE -> "concurrent";
        };
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        if (charge.size() == 0) {
            charge.decide(Outcome.ADMITTED);
            return;
        }
        try {
            checkTogether(charge.items().stream().map(ChargeItem::kind).toList());
        } catch (IllegalArgumentException e) {
            charge.failAlone(e); // by a caller who has not asked before
            return;
        }
        Unanswered obstacle = rest.obstacle();
        if (obstacle != null) {
            charge.fail(Outcome.NOT_SENT, obstacle);
            return;
        }
        ChargeItem item = charge.item(0);
        byte[] key = keys.of(item);
        try {
            swap(rest.link(), key, item, deadlineNanos).writeInto(item);
            charge.decide(charge.outcomeOfVerdicts());
        } catch (Unanswered e) {
            e.writeInto(charge, key);
        } catch (BucketExecutionException e) {
            charge.failAlone(new IllegalStateException(
                    "Others charged the same bucket at the same moment too often, of rule " + item.rule()
                            + "; strategy: script has no such bound. Its key is "
                            + new String(key, StandardCharsets.US_ASCII),
                    e));
        } catch (RuntimeException e) {
            charge.fail(Outcome.PERHAPS_SENT, new IllegalStateException("Bucket4j has failed.", e));
        }
    }

    private BucketCommand.Found swap(Link link, byte[] key, ChargeItem item, long deadlineNanos) throws Unanswered {
        StatefulRedisConnection<byte[], byte[]> open = link.connection();
        if (open == null) {
            throw new Unanswered(Outcome.NOT_SENT, "There is no connection to Redis.", null);
        }
        Exchange exchange = new Exchange(open.async(), clock, time, deadlineNanos);
        try {
            return new Bucket4jLettuce.LettuceBasedProxyManagerBuilder<>(exchange)
                    .retryStrategy(exchange)
                    .expirationAfterWrite(EXPIRY)
                    .build()
                    .execute(key, new Request<>(new BucketCommand(item, exchange), Versions.getLatest(), 0L, EXPIRY))
                    .getData();
        } catch (Exchange.Halt e) {
            throw e.why();
        }
    }

    /** Takes one of a bucket that is nobody's, so that what the server lacks is found, and what takes time is loaded. */
    private void attempt(Link link, long deadlineNanos) throws Unanswered {
        ChargeItem item = new ChargeItem(Action.TAKE, TRIAL_LIMIT, "trial", null, Key.EVERYONE, 1);
        try {
            swap(link, keys.single("trial"), item, deadlineNanos);
        } catch (BucketExecutionException e) {
            // Others try at the same moment, so it works.
        }
    }

    @Override
    public int heartbeat(long deadlineNanos) {
        return rest.heartbeat(deadlineNanos);
    }

    /** There are none. */
    @Override
    public void release(ItemKey key, String leaseId) {}

    @Override
    public void refill(ItemKey key) {
        rest.refill(key);
    }

    @Override
    public void remove(ItemKey key) {
        rest.remove(key);
    }

    @Override
    public void close() {
        rest.close();
    }
}
