// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What compare-and-swap does in Redis: beside the script on the same keys, among many threads, and where Redis is broken. */
class SwapTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Key FRED = Key.of(Scope.USER, "fred");
    private static final Duration DAY = Duration.ofDays(1);

    static CompareAndSwapStore swaps(RedisStoreBuilder builder) {
        return new CompareAndSwapStore(builder, Script.SERVER_CLOCK, Exchange.Clock.OF_SERVER);
    }

    static BucketLimit limit(long version, long amount) {
        return new BucketLimit(List.of(new Rate(amount, DAY.toNanos(), amount)), version);
    }

    static ChargeItem item(Action action, BucketLimit limit, long cost) {
        return new ChargeItem(action, limit, "api", null, FRED, cost);
    }

    static Charge charge(CompareAndSwapStore store, ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, PATIENCE);
        return charge;
    }

    static long left(CompareAndSwapStore store, BucketLimit limit, long cost) {
        ChargeItem item = item(Action.TAKE, limit, cost);
        Charge charge = charge(store, item);
        assertThat(charge.outcome().decided()).as("%s", charge.cause()).isTrue();
        return item.available(0);
    }

    @Test
    void scriptAndSwaps_chargeTheSameBucketsAndFollowTheNewerNumbers() {
        String namespace = TestRedis.newNamespace();
        try (CompareAndSwapStore swaps = swaps(
                        RedisStore.builder(TestRedis.CLIENT, TestRedis.URI).namespace(namespace));
                RedisStore script = RedisStore.builder(TestRedis.CLIENT, TestRedis.URI)
                        .namespace(namespace)
                        .build()) {
            BucketLimit old = limit(1, 20);
            BucketLimit young = limit(2, 30);
            assertThat(left(swaps, old, 5)).isEqualTo(15);
            ChargeItem byScript = item(Action.TAKE, old, 4);
            script.charge(Charge.of(byScript), PATIENCE);
            assertThat(byScript.available(0)).isEqualTo(11);
            assertThat(left(swaps, young, 1)).isEqualTo(20);
            ChargeItem followed = item(Action.TAKE, old, 1);
            script.charge(Charge.of(followed), PATIENCE);
            assertThat(followed.inForce()).isEqualTo(young);
            assertThat(followed.available(0)).isEqualTo(19);
            ChargeItem back = item(Action.LOOK, old, 1);
            charge(swaps, back);
            assertThat(back.inForce()).isEqualTo(young);
            swaps.refill(back.plain());
            assertThat(left(swaps, old, 1)).isEqualTo(29);
        }
    }

    /** Two stores, so that not one connection alone puts them in order. Whoever is not decided was not charged. */
    @Test
    void sixteenThreadsOnOneKey_areAdmittedExactlyTheCapacity() throws IOException, InterruptedException {
        int capacity = 400;
        RedisStoreBuilder first = TestRedis.builder();
        RedisStoreBuilder second = RedisStore.builder(TestRedis.CLIENT, TestRedis.URI)
                .namespace(first.keys().namespace());
        BucketLimit limit = limit(0, capacity);
        Map<Outcome, AtomicInteger> outcomes = new ConcurrentHashMap<>();
        AtomicInteger alone = new AtomicInteger();
        try (CompareAndSwapStore one = swaps(first);
                CompareAndSwapStore other = swaps(second);
                Resp redis = TestRedis.SERVER.connect()) {
            CommandCounts before = CommandCounts.of(redis);
            AtomicInteger asked = new AtomicInteger();
            CountDownLatch start = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                CompareAndSwapStore store = i % 2 == 0 ? one : other;
                Thread thread = new Thread(() -> {
                    await(start);
                    while (outcomes.getOrDefault(Outcome.REFUSED, new AtomicInteger())
                                            .get()
                                    < 50
                            && asked.incrementAndGet() < 20_000) {
                        Charge charge = Charge.of(item(Action.TAKE, limit, 1));
                        store.charge(charge, Duration.ofMillis(250).toNanos());
                        outcomes.computeIfAbsent(charge.outcome(), key -> new AtomicInteger())
                                .incrementAndGet();
                        alone.addAndGet(charge.failedAlone() ? 1 : 0);
                    }
                });
                threads.add(thread);
                thread.start();
            }
            start.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(outcomes).containsKey(Outcome.REFUSED);
            assertThat(outcomes.get(Outcome.ADMITTED)).hasValue(capacity);
            assertThat(outcomes).doesNotContainKey(Outcome.PERHAPS_SENT);
            int failed =
                    outcomes.getOrDefault(Outcome.NOT_SENT, new AtomicInteger()).get();
            assertThat(alone).as("nobody takes that for an outage").hasValue(failed);
            long swapped = CommandCounts.of(redis).minus(before).calls("eval");
            System.out.println("SwapTest: " + capacity + " admitted by " + swapped + " swaps, " + failed + " given up");
            assertThat(swapped).as("bounded").isLessThanOrEqualTo((long) Exchange.MOST_ATTEMPTS * (capacity + failed));
        }
    }

    /** Somebody else writes whenever the bucket has been read. */
    @Test
    void whoeverIsNeverTheFirst_givesUpAloneAfterSoManyAttempts() throws IOException {
        BucketLimit limit = limit(0, 1_000);
        RedisStoreBuilder settings = TestRedis.builder();
        byte[] key = settings.keys().of(item(Action.TAKE, limit, 1));
        AtomicInteger writes = new AtomicInteger();
        try (Resp redis = TestRedis.SERVER.connect();
                CompareAndSwapStore good = swaps(RedisStore.builder(TestRedis.CLIENT, TestRedis.URI)
                        .namespace(settings.keys().namespace()))) {
            left(good, limit, 1);
            Exchange.Clock others =
                    commands -> Exchange.Clock.OF_SERVER.millis(commands).thenApply(millis -> {
                        String consumed = Character.toString((char) ('a' + writes.incrementAndGet()));
                        setLowestByteOfConsumed(redis, text(key), consumed);
                        return millis;
                    });
            try (CompareAndSwapStore store = new CompareAndSwapStore(settings, Script.SERVER_CLOCK, others)) {
                CommandCounts before = CommandCounts.of(redis);
                Charge charge = charge(store, item(Action.TAKE, limit, 1));
                assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(charge.failedAlone()).isTrue();
                assertThat(charge.cause()).hasMessageContaining("Others charged the same bucket");
                assertThat(CommandCounts.of(redis).minus(before).calls("eval")).isEqualTo(Exchange.MOST_ATTEMPTS);
            }
            assertThat(left(good, limit, 1)).as("nothing was taken").isEqualTo(998);
        }
    }

    /** Behind it: whether there is a version, and the version. */
    private static void setLowestByteOfConsumed(Resp redis, String key, String letter) {
        try {
            long length = redis.number("STRLEN", key);
            if (length > 0) {
                redis.command("SETRANGE", key, Long.toString(length - 10), letter);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void decision_costsThreeCommandsAndARefusalTwo() throws IOException {
        BucketLimit limit = limit(0, 2);
        try (CompareAndSwapStore store = swaps(TestRedis.builder());
                Resp redis = TestRedis.SERVER.connect()) {
            for (int taken = 0; taken < 4; taken++) {
                CommandCounts before = CommandCounts.of(redis);
                charge(store, item(Action.TAKE, limit, 1));
                CommandCounts of = CommandCounts.of(redis).minus(before);
                int swaps = taken < 2 ? 1 : 0;
                assertThat(of.calls("time")).isEqualTo(1);
                assertThat(of.calls("eval")).isEqualTo(swaps);
                assertThat(of.calls("get")).as("one of them by the swap").isBetween(1L, 1L + swaps);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void keys_liveUntilTheirBucketIsWholeAndTenSecondsMore() throws IOException {
        try (CompareAndSwapStore store = swaps(TestRedis.builder());
                Resp redis = TestRedis.SERVER.connect()) {
            left(store, limit(0, 24), 2); // one an hour
            ChargeItem settled = new ChargeItem(Action.SETTLE, limit(0, 24), "settled", null, FRED, 24);
            charge(store, settled);
            assertThat(ttl(redis, store.keys().of(item(Action.TAKE, limit(0, 24), 2))))
                    .isBetween(
                            Duration.ofHours(2).toMillis(),
                            Duration.ofHours(2).plusSeconds(10).toMillis());
            assertThat(ttl(redis, store.keys().of(settled)))
                    .isBetween(DAY.toMillis(), DAY.plusSeconds(10).toMillis());
            assertThat(ttl(redis, store.keys().single("trial")))
                    .as("of the trial at the beginning")
                    .isBetween(0L, 11_000L);
            ChargeItem looked = new ChargeItem(Action.LOOK, limit(0, 24), "looked", null, FRED, 1);
            charge(store, looked);
            assertThat(redis.number("EXISTS", text(store.keys().of(looked))))
                    .as("looked at")
                    .isZero();
        }
    }

    private static long ttl(Resp redis, byte[] key) throws IOException {
        return redis.number("PTTL", text(key));
    }

    static String text(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }

    @Test
    void whatItCannotDecide_failsAlone_andIsRefusedWhereItIsAskedBefore() {
        RollingLimit rolling = new RollingLimit(List.of(new Rate(5, DAY.toNanos(), 5)), 0);
        try (CompareAndSwapStore store = swaps(TestRedis.builder())) {
            Charge two = charge(
                    store,
                    item(Action.TAKE, limit(0, 5), 1),
                    new ChargeItem(Action.TAKE, limit(0, 5), "other", null, FRED, 1));
            assertThat(two.failedAlone()).isTrue();
            assertThat(two.cause()).hasMessageContaining("but here are a bucket, a bucket");
            assertThat(charge(store, new ChargeItem(Action.TAKE, rolling, "r", null, FRED, 1))
                            .failedAlone())
                    .isTrue();
            assertThatThrownBy(() -> store.check(rolling))
                    .hasMessageContaining("a rolling quota; write strategy: script");
            assertThat(left(store, limit(0, 5), 1)).as("nothing was taken").isEqualTo(4);
        }
    }
}
