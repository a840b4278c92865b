// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Rate;
import dev.weir.store.Verdict;
import dev.weir.testkit.ManualClock;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.BucketState64BitsInteger;
import io.github.bucket4j.TokensInheritanceStrategy;
import io.github.bucket4j.distributed.remote.RemoteBucketState;
import io.github.bucket4j.distributed.remote.RemoteStat;
import io.github.bucket4j.distributed.serialization.InternalSerializationHelper;
import io.github.bucket4j.distributed.versioning.Versions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The script, and swaps, beside Bucket4j's own arithmetic: equal verdicts, and equal bytes after every step. */
class BucketBytesTest {

    private static final int STEPS_PER_BUCKET = 120;
    private static final long[] AMOUNTS = {1, 3, 7, 20, 60, 997, 99_991, 1_000_000, 1_000_000_000_000L};
    private static final Duration[] PERIODS = {
        Duration.ofMillis(1),
        Duration.ofMillis(37),
        Duration.ofSeconds(1),
        Duration.ofSeconds(7),
        Duration.ofMinutes(1),
        Duration.ofHours(1),
        Duration.ofDays(1),
        Duration.ofDays(31)
    };
    private static final Action[] ACTIONS = {
        Action.TAKE, Action.TAKE, Action.TAKE, Action.TAKE, Action.SETTLE, Action.WATCH, Action.LOOK, Action.GLANCE
    };

    @Test
    void verdictsAndBytes_areThoseOfBucket4j() {
        walk(6_000, TestRedis::timed);
    }

    @Test
    void verdictsAndBytes_bySwapsAreThoseOfBucket4j() {
        walk(6_000, TestRedis::timedSwaps);
    }

    @Test
    @Tag("heavy")
    void verdictsAndBytes_areThoseOfBucket4jInAHundredThousandSteps() {
        walk(100_000, TestRedis::timed);
    }

    @Test
    @Tag("heavy")
    void verdictsAndBytes_bySwapsAreThoseOfBucket4jInAHundredThousandSteps() {
        walk(100_000, TestRedis::timedSwaps);
    }

    private static void walk(int steps, Function<ManualClock, TestRedis.Timed> opens) {
        long seed = Long.getLong("weir.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("BucketBytesTest: seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        ManualClock clock = new ManualClock();
        try (TestRedis.Timed store = opens.apply(clock);
                StatefulRedisConnection<byte[], byte[]> redis =
                        TestRedis.CLIENT.connect(ByteArrayCodec.INSTANCE, TestRedis.URI)) {
            for (int bucket = 0; bucket * STEPS_PER_BUCKET < steps; bucket++) {
                Twin twin = new Twin(store, redis, Key.of(Scope.USER, "user" + bucket), random);
                for (int i = 0; i < STEPS_PER_BUCKET; i++) {
                    clock.advance(Duration.ofMillis(pause(random)));
                    twin.step(i, "step " + i + " of bucket " + bucket + " from seed " + seed);
                }
            }
        }
    }

    private static long pause(SplittableRandom random) {
        return switch (random.nextInt(40)) {
            case 0 -> random.nextLong(Duration.ofDays(40).toMillis());
            case 1, 2, 3 -> random.nextLong(Duration.ofMinutes(3).toMillis());
            default -> random.nextInt(2) * random.nextLong(3_000);
        };
    }

    /** One bucket in Redis, and what Bucket4j makes of the same. */
    private static final class Twin {

        private final TestRedis.Timed store;
        private final StatefulRedisConnection<byte[], byte[]> redis;
        private final Key key;
        private final SplittableRandom random;
        private final List<BucketLimit> versions = new ArrayList<>();
        private @Nullable RemoteBucketState stored;

        Twin(TestRedis.Timed store, StatefulRedisConnection<byte[], byte[]> redis, Key key, SplittableRandom random) {
            this.store = store;
            this.redis = redis;
            this.key = key;
            this.random = random;
        }

        void step(int number, String where) {
            if (number % 20 == 0) {
                boolean same = number > 0 && random.nextInt(3) == 0;
                versions.add(same ? sameNumbers(versions.size()) : newLimit(versions.size()));
            }
            // An older version only where a newer one is stored: without a bucket there is nothing to follow.
            boolean older = stored != null && random.nextInt(4) == 0;
            BucketLimit limit = versions.get(older ? random.nextInt(versions.size()) : versions.size() - 1);
            if (stored != null && random.nextInt(10) == 0) {
                limit = newLimit(stored.getConfigurationVersion().intValue()); // what is stored came first, and holds
            }
            if (stored != null && random.nextInt(15) == 0) {
                addByBucket4j();
            }
            Action action = ACTIONS[random.nextInt(ACTIONS.length)];
            ChargeItem item = new ChargeItem(action, limit, "api", null, key, cost(limit));
            Charge charge = Charge.of(item);
            store.charge(charge, 0);
            assertThat(charge.outcome().decided())
                    .as("%s in %s", charge.cause(), where)
                    .isTrue();
            String before = String.valueOf(stored);
            Verdict expected = model(item);
            assertThat(item.verdict())
                    .as("verdict in %s of %s %d of %s, was %s", where, action, item.cost(), limit, before)
                    .isEqualTo(expected);
            byte[] found = redis.sync().get(store.keys().of(item));
            assertThat(found).as("bytes in %s of %s %s", where, action, limit).isEqualTo(bytes());
        }

        private long cost(BucketLimit limit) {
            long capacity = limit.capacity(random.nextInt(limit.size()));
            return switch (random.nextInt(8)) {
                case 0 -> capacity;
                case 1 -> capacity + 1;
                case 2 -> 1 + random.nextLong(capacity);
                default -> 1 + random.nextLong(5);
            };
        }

        private BucketLimit sameNumbers(int version) {
            BucketLimit last = versions.get(version - 1);
            List<Rate> rates = new ArrayList<>();
            for (int i = 0; i < last.size(); i++) {
                rates.add(new Rate(last.amount(i), last.periodNanos(i), last.capacity(i)));
            }
            return new BucketLimit(rates, version);
        }

        private BucketLimit newLimit(int version) {
            while (true) {
                List<Rate> rates = new ArrayList<>();
                int size = 1 + random.nextInt(3);
                for (int i = 0; i < size; i++) {
                    long amount = AMOUNTS[random.nextInt(AMOUNTS.length)];
                    Duration period = PERIODS[random.nextInt(PERIODS.length)];
                    rates.add(new Rate(amount, period.toNanos(), 1 + random.nextLong(2 * amount)));
                }
                try {
                    BucketLimit limit = new BucketLimit(rates, version);
                    store.check(limit);
                    return limit;
                } catch (IllegalArgumentException e) {
                    // Not one that can be counted exactly; the next will be.
                }
            }
        }

        /** As an operator would who has nothing but Bucket4j. It may fill a bucket above its capacity. */
        private void addByBucket4j() {
            RemoteBucketState now = stored;
            if (random.nextBoolean()) {
                now.addTokens(1 + random.nextLong(10));
            } else {
                now.forceAddTokens(1 + random.nextLong(10));
            }
            byte[] name = store.keys().of(new ChargeItem(Action.LOOK, versions.get(0), "api", null, key, 1));
            redis.sync().set(name, bytes());
        }

        private byte @Nullable [] bytes() {
            return stored == null ? null : InternalSerializationHelper.serializeState(stored, Versions.getLatest());
        }

        private Verdict model(ChargeItem item) {
            BucketLimit limit = (BucketLimit) item.limit();
            long now = store.millis() * 1_000_000;
            BucketState state;
            long version = limit.version();
            boolean changed = false;
            if (stored == null) {
                state = new BucketState64BitsInteger(limit.configuration(), now);
            } else {
                state = stored.copyBucketState();
                state.refillAllBandwidth(now);
                long storedVersion = stored.getConfigurationVersion();
                if (version > storedVersion) {
                    state = state.replaceConfiguration(limit.configuration(), TokensInheritanceStrategy.ADDITIVE, now);
                    changed = true;
                } else {
                    version = storedVersion;
                }
            }
            Verdict verdict = verdict(item, state);
            long taken = taken(item, verdict, state);
            if (taken > 0) {
                state.consume(taken);
            }
            if (taken > 0 || changed) {
                long consumed = (stored == null ? 0 : stored.getRemoteStat().getConsumedTokens()) + taken;
                stored = new RemoteBucketState(state, new RemoteStat(consumed), version);
            }
            return item.action() == Action.SETTLE ? Verdict.PASSED : verdict;
        }

        private static Verdict verdict(ChargeItem item, BucketState state) {
            Verdict verdict = Verdict.PASSED;
            for (int i = 0; i < state.getConfiguration().getBandwidths().length; i++) {
                if (item.cost() > state.getConfiguration().getBandwidths()[i].getCapacity()) {
                    return Verdict.IMPOSSIBLE;
                }
                if (item.cost() > state.getCurrentSize(i)) {
                    verdict = Verdict.REFUSED;
                }
            }
            return verdict;
        }

        private static long taken(ChargeItem item, Verdict verdict, BucketState state) {
            return switch (item.action()) {
                case TAKE, WATCH -> verdict == Verdict.PASSED ? item.cost() : 0;
                case LOOK, GLANCE -> 0;
                case SETTLE -> {
                    long room = item.cost();
                    for (int i = 0; i < state.getConfiguration().getBandwidths().length; i++) {
                        room = Math.min(
                                room,
                                state.getCurrentSize(i)
                                        + state.getConfiguration()
                                                .getBandwidths()[i]
                                                .getCapacity());
                    }
                    yield Math.max(0, room);
                }
            };
        }
    }
}
