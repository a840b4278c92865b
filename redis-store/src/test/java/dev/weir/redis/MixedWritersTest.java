// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.distributed.ExpirationAfterWriteStrategy;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The stock proxies of Bucket4j on the keys of Weir, by the clock of this machine, which is that of Redis too. */
class MixedWritersTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Key FRED = Key.of(Scope.USER, "fred");

    private final RedisStore store = TestRedis.builder().build();
    private final StatefulRedisConnection<byte[], byte[]> connection =
            TestRedis.CLIENT.connect(ByteArrayCodec.INSTANCE, TestRedis.URI);
    private final ProxyManager<byte[]> buckets = Bucket4jLettuce.casBasedBuilder(connection)
            .expirationAfterWrite(
                    ExpirationAfterWriteStrategy.basedOnTimeForRefillingBucketUpToMax(Duration.ofSeconds(10)))
            .build();

    @AfterEach
    void close() {
        connection.close();
        store.close();
    }

    private static BucketLimit limit(long version, long amount, Duration period) {
        return new BucketLimit(List.of(new Rate(amount, period.toNanos(), amount)), version);
    }

    private static ChargeItem item(BucketLimit limit, long cost) {
        return new ChargeItem(Action.TAKE, limit, "api", null, FRED, cost);
    }

    private ChargeItem take(BucketLimit limit, long cost) {
        ChargeItem item = item(limit, cost);
        Charge charge = Charge.of(item);
        store.charge(charge, PATIENCE);
        assertThat(charge.outcome().decided()).isTrue();
        return item;
    }

    private Bucket bucket(BucketLimit limit) {
        return buckets.builder().build(store.keys().of(item(limit, 1)), limit::configuration);
    }

    @Test
    void bucket4j_readsChargesAndRefundsWhatWeirHasMade() {
        BucketLimit limit = limit(7, 20, Duration.ofDays(1));
        take(limit, 5);
        Bucket bucket = bucket(limit);
        assertThat(bucket.getAvailableTokens()).isEqualTo(15);
        assertThat(bucket.tryConsume(4)).isTrue();
        assertThat(take(limit, 1).available(0)).isEqualTo(10);
        bucket.addTokens(3);
        assertThat(take(limit, 1).available(0)).isEqualTo(12);
        assertThat(bucket.tryConsume(13)).isFalse();
    }

    @Test
    void weir_chargesWhatBucket4jHasMade() {
        BucketLimit limit = limit(0, 20, Duration.ofDays(1));
        assertThat(bucket(limit).tryConsume(18)).isTrue();
        assertThat(take(limit, 1).available(0)).isEqualTo(1);
    }

    @Test
    void bucket4jWithVersions_andWeirFollowTheNewer() {
        BucketLimit old = limit(1, 20, Duration.ofDays(1));
        BucketLimit young = limit(2, 30, Duration.ofDays(1));
        take(old, 5);
        Bucket bucket = buckets.builder()
                .withImplicitConfigurationReplacement(2, io.github.bucket4j.TokensInheritanceStrategy.ADDITIVE)
                .build(store.keys().of(item(old, 1)), young::configuration);
        assertThat(bucket.getAvailableTokens()).isEqualTo(25);
        bucket.tryConsume(1);
        ChargeItem followed = take(old, 1);
        assertThat(followed.inForce()).isEqualTo(young);
        assertThat(followed.available(0)).isEqualTo(23);
    }

    @Test
    void writersOfBothKinds_takeExactlyWhatThereIs() throws InterruptedException {
        BucketLimit limit = limit(0, 1_500, Duration.ofDays(31));
        AtomicInteger admitted = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Bucket bucket = bucket(limit);
            threads.add(taker(() -> bucket.tryConsume(1), admitted));
            threads.add(taker(
                    () -> {
                        Charge charge = Charge.of(item(limit, 1));
                        store.charge(charge, PATIENCE);
                        return charge.outcome() == Outcome.ADMITTED;
                    },
                    admitted));
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(admitted).hasValue(1_500);
    }

    private static Thread taker(BooleanSupplier takes, AtomicInteger admitted) {
        return new Thread(() -> {
            while (takes.getAsBoolean()) {
                admitted.incrementAndGet();
            }
        });
    }

    @Test
    void refill_goesThroughBucket4jAndKeepsTheVersion() {
        BucketLimit old = limit(1, 20, Duration.ofDays(1));
        BucketLimit young = limit(2, 30, Duration.ofDays(1));
        take(young, 30);
        store.refill(item(young, 1).plain());
        ChargeItem followed = take(old, 1);
        assertThat(followed.inForce()).isEqualTo(young);
        assertThat(followed.available(0)).isEqualTo(29);
    }
}
