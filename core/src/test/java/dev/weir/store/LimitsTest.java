// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nl.jqno.equalsverifier.EqualsVerifier;
import nl.jqno.equalsverifier.Warning;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final long SECOND = 1_000_000_000;
    private static final long DAY = 86_400 * SECOND;
    private static final long MAX = 1_000_000_000_000L;

    private static void refused(ThrowingCallable making, String message) {
        assertThatThrownBy(making).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
    }

    @Test
    void bucket_hasOneBandwidthForEachRate() {
        BucketLimit limit = new BucketLimit(List.of(new Rate(60, 60 * SECOND, 10), new Rate(1000, DAY, 1000)), 7);
        Bandwidth[] bandwidths = limit.configuration().getBandwidths();
        assertThat(bandwidths).hasSize(2);
        assertThat(bandwidths[0].getCapacity()).isEqualTo(10);
        assertThat(bandwidths[0].getRefillTokens()).isEqualTo(60);
        assertThat(bandwidths[0].getRefillPeriodNanos()).isEqualTo(60 * SECOND);
        assertThat(bandwidths[0].getId()).isEqualTo("greedy-0");
        assertThat(bandwidths[1].getId()).isEqualTo("greedy-1");
        assertThat(limit.kind()).isEqualTo(ItemKind.BUCKET);
        assertThat(limit.version()).isEqualTo(7);
        assertThat(limit.size()).isEqualTo(2);
        assertThat(limit.capacity(0)).isEqualTo(10);
        assertThat(limit.amount(1)).isEqualTo(1000);
        assertThat(limit.periodNanos(1)).isEqualTo(DAY);
    }

    /** Whatever is accepted is the same rate, in numbers whose product 64 bits can hold; only what they cannot hold is refused. */
    @Test
    void bucket_isExactOrRefused() {
        long seed = System.nanoTime();
        System.out.println("LimitsTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int refused = 0;
        for (int i = 0; i < 2_000; i++) {
            long amount = 1 + (random.nextLong() >>> 1) % (1L << random.nextInt(1, 41));
            long period = random.nextLong(1, 31 * 86_400 + 1) * SECOND;
            Rate rate = new Rate(amount, period, Math.max(1, amount / 2));
            try {
                Bandwidth bandwidth =
                        new BucketLimit(List.of(rate), 0).configuration().getBandwidths()[0];
                BigInteger tokens = BigInteger.valueOf(bandwidth.getRefillTokens());
                BigInteger nanos = BigInteger.valueOf(bandwidth.getRefillPeriodNanos());
                assertThat(tokens.multiply(BigInteger.valueOf(period)))
                        .as("seed %d: %s", seed, rate)
                        .isEqualTo(nanos.multiply(BigInteger.valueOf(amount)));
                assertThat(tokens.multiply(nanos).bitLength()).isLessThan(63);
            } catch (IllegalArgumentException e) {
                refused++;
                assertThat(e.getMessage()).contains("cannot be counted exactly in 64 bits");
                BigInteger product = BigInteger.valueOf(amount).multiply(BigInteger.valueOf(period));
                assertThat(product.bitLength()).as("seed %d: %s", seed, rate).isGreaterThan(62);
            }
        }
        assertThat(refused).isBetween(1, 1_900);
    }

    @Test
    void bucket_thatCannotBeExact_namesTheNextLowerAmount() {
        refused(
                () -> new BucketLimit(List.of(new Rate(100_000_003, DAY, 1)), 0),
                "100000003 in 86400 s cannot be counted exactly in 64 bits; the next lower amount that can is 100000000");
        assertThat(new BucketLimit(List.of(new Rate(100_000_000, DAY, 1)), 0).size())
                .isEqualTo(1);
        for (long between = 100_000_001; between < 100_000_003; between++) {
            Rate rate = new Rate(between, DAY, 1);
            assertThatThrownBy(() -> new BucketLimit(List.of(rate), 0)).isInstanceOf(IllegalArgumentException.class);
        }
        refused(
                () -> new BucketLimit(List.of(new Rate(MAX, SECOND, 1)), 0),
                "1000000000000 in 1 s cannot be counted exactly in 64 bits; take a rounder amount, of at most one a"
                        + " nanosecond");
        assertThat(new BucketLimit(List.of(new Rate(SECOND, SECOND, MAX)), 0).capacity(0))
                .isEqualTo(MAX);
    }

    @Test
    void limits_checkTheirRanges() {
        refused(() -> new LeaseLimit(0, 0), "max must be at least 1 but was 0");
        refused(() -> new Rate(0, 1, 1), "amount, periodNanos and capacity must be at least 1 but were 0, 1 and 1");
        refused(() -> new Rate(1, 0, 1), "amount, periodNanos and capacity must be at least 1 but were 1, 0 and 1");
        refused(() -> new Rate(1, 1, -1), "amount, periodNanos and capacity must be at least 1 but were 1, 1 and -1");
        refused(() -> new RollingLimit(List.of(), 0), "rates must not be empty");
        refused(
                () -> new RollingLimit(List.of(new Rate(10_001, SECOND, 10_001)), 0),
                "a rolling rate must have an amount of at most 10000 and no burst but was Rate[amount=10001,"
                        + " periodNanos=1000000000, capacity=10001]");
        assertThatThrownBy(() -> new RollingLimit(List.of(new Rate(5, SECOND, 6)), 0))
                .hasMessageContaining("no burst");
        assertThatThrownBy(() -> new BucketLimit(List.of(), 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void rollingAndLease_answerTheirNumbers() {
        RollingLimit rolling = new RollingLimit(List.of(new Rate(5, SECOND, 5), new Rate(9, DAY, 9)), 3);
        assertThat(rolling.kind()).isEqualTo(ItemKind.ROLLING);
        assertThat(rolling.size()).isEqualTo(2);
        assertThat(rolling.capacity(1)).isEqualTo(9);
        assertThat(rolling.amount(0)).isEqualTo(5);
        assertThat(rolling.periodNanos(1)).isEqualTo(DAY);
        LeaseLimit lease = new LeaseLimit(4, 3);
        assertThat(lease.kind()).isEqualTo(ItemKind.LEASE);
        assertThat(lease.size()).isEqualTo(1);
        assertThat(lease.capacity(0)).isEqualTo(4);
        assertThat(lease.amount(0)).isEqualTo(4);
        assertThat(lease.periodNanos(0)).isZero();
    }

    @Test
    void bucketLimit_equalsByRatesAndVersion() {
        BucketConfiguration one = new BucketLimit(List.of(new Rate(1, SECOND, 1)), 0).configuration();
        BucketConfiguration two = new BucketLimit(List.of(new Rate(2, SECOND, 2)), 0).configuration();
        EqualsVerifier.forClass(BucketLimit.class)
                .withPrefabValues(Rate.class, new Rate(1, 1, 1), new Rate(2, 2, 2))
                .withPrefabValues(BucketConfiguration.class, one, two)
                .withIgnoredFields("byIndex", "configuration")
                .suppress(Warning.NULL_FIELDS)
                .verify();
        assertThat(new BucketLimit(List.of(new Rate(1, SECOND, 1)), 4).toString())
                .contains("amount=1", "v4");
    }

    @Test
    void settings_areCheckedAndKeepSecretsToThemselves() {
        StoreSettings settings =
                new StoreSettings("redis", "shop", 1, Duration.ofMillis(25), Map.of("password", "hunter2"));
        assertThat(settings.toString()).contains("shop", "password").doesNotContain("hunter2");
        assertThat(StoreSettings.memory(5).maxKeys()).isEqualTo(5);
        assertThat(StoreSettings.memory(5).type()).isEqualTo("memory");
        refused(() -> StoreSettings.memory(0), "maxKeys must be at least 1 but was 0");
    }
}
