// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.store.BucketLimit;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.math.BigInteger;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShareLimitsTest {

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final long MONTH = Duration.ofDays(31).toNanos();

    private static final long LONGEST = Long.MAX_VALUE / 2;

    private static Limit bucket(long amount, long period, long capacity) {
        return new BucketLimit(List.of(new Rate(amount, period, capacity)), 0);
    }

    @ParameterizedTest
    @CsvSource({"20,1,1,20", "20,2,1,10", "20,3,1,6", "20,7,1,2", "2,3,1,1", "2,7,1,1", "20,3,7,7", "20,7,20,20"})
    void bucket_holdsItsPartAndWhatOneRequestCosts(long capacity, int instances, long cost, long expected) {
        Limit share = ShareLimits.of(bucket(20, MINUTE, capacity), instances, cost, 4);
        assertThat(share.capacity(0)).isEqualTo(expected);
        assertThat(share.amount(0)).isEqualTo(20);
        assertThat(share.periodNanos(0)).isEqualTo(instances * MINUTE);
        assertThat(share.version()).isEqualTo(4);
    }

    @ParameterizedTest
    @CsvSource({"20,1,20", "20,3,6", "5,7,1", "5,2,2"})
    void rollingQuota_holdsItsPartInItsOwnPeriod(long amount, int instances, long expected) {
        Limit whole = new RollingLimit(List.of(new Rate(amount, MINUTE, amount)), 0);
        Limit share = ShareLimits.of(whole, instances, 1, 1);
        assertThat(share.capacity(0)).isEqualTo(expected);
        assertThat(share.amount(0)).isEqualTo(expected);
        assertThat(share.periodNanos(0)).isEqualTo(MINUTE);
    }

    @ParameterizedTest
    @CsvSource({"5,1,5", "5,2,2", "5,7,1"})
    void leases_areDividedButNeverNone(long most, int instances, long expected) {
        assertThat(ShareLimits.of(new LeaseLimit(most, 0), instances, 1, 1)).isEqualTo(new LeaseLimit(expected, 1));
    }

    @Test
    void allRates_areDivided() {
        Limit whole = new BucketLimit(List.of(new Rate(20, MINUTE, 10), new Rate(500, 1440 * MINUTE, 500)), 0);
        assertThat(ShareLimits.of(whole, 3, 1, 0))
                .isEqualTo(new BucketLimit(
                        List.of(new Rate(20, 3 * MINUTE, 3), new Rate(500, 3 * 1440 * MINUTE, 166)), 0));
    }

    /** Ratios that 64 bits cannot hold become lower by next to nothing, and never higher. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1009, 99_991, 100_000})
    void rate_isNeverMoreThanItsPart(int instances) {
        SplittableRandom random = new SplittableRandom(4711);
        int tried = 0;
        while (tried < 1_000) {
            long period = Duration.ofSeconds(random.nextLong(1, 31 * 86_400)).toNanos();
            long amount = random.nextLong(1, 1_000) * (long) Math.pow(10, random.nextInt(10));
            if (!isExact(amount, period)) {
                continue;
            }
            tried++;
            Limit whole = bucket(amount, period, amount);
            Limit share = ShareLimits.of(whole, instances, 1, 0);
            if (share.periodNanos(0) == LONGEST) {
                continue;
            }
            BigInteger asked = product(amount, share.periodNanos(0));
            BigInteger given = product(share.amount(0), period).multiply(BigInteger.valueOf(instances));
            assertThat(given).as("%s of %d instances", whole, instances).isLessThanOrEqualTo(asked);
            assertThat(asked.subtract(given).multiply(BigInteger.valueOf(1_000_000)))
                    .as("what is lost of %s of %d instances", whole, instances)
                    .isLessThanOrEqualTo(asked);
        }
    }

    private static boolean isExact(long amount, long period) {
        BigInteger gcd = BigInteger.valueOf(amount).gcd(BigInteger.valueOf(period));
        BigInteger least = product(amount, period).divide(gcd).divide(gcd);
        return amount <= period && least.compareTo(BigInteger.valueOf(LONGEST)) <= 0;
    }

    /** The most that can be said is one in 146 years. */
    @Test
    void oneInAMonth_ofAHundredThousandInstances_isStillCounted() {
        Limit share = ShareLimits.of(bucket(1, MONTH, 1), 100_000, 1, 0);
        assertThat(share.amount(0)).isEqualTo(1);
        assertThat(share.periodNanos(0)).isEqualTo(LONGEST);
    }

    private static BigInteger product(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }
}
