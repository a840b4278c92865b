// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.store.BucketLimit;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ExactnessTest {

    private static final Duration DAY = Duration.ofDays(1);

    private static BucketLimit bucket(long amount, Duration period, long capacity) {
        return new BucketLimit(List.of(new Rate(amount, period.toNanos(), capacity)), 0);
    }

    @Test
    void limitsThatPeopleWrite_work() {
        List<Limit> limits = List.of(
                bucket(20, Duration.ofMinutes(1), 20),
                bucket(1_000_000, DAY, 1_000_000),
                bucket(100_000_000, DAY, 100_000_000),
                bucket(1_000_000_000_000L, Duration.ofHours(1), 1_000_000_000_000L),
                bucket(5, Duration.ofDays(31), 1_000_000),
                new RollingLimit(List.of(new Rate(10_000, DAY.toNanos(), 10_000)), 0),
                new LeaseLimit(1_000_000, 0));
        for (Limit limit : limits) {
            assertThatCode(() -> Exactness.check(limit)).as("%s", limit).doesNotThrowAnyException();
        }
    }

    /** 2^53 milliseconds times tokens, halved because a bucket may owe as much as it holds. */
    @Test
    void burstThatIsTooLarge_isRefusedWithTheLargestThatWorks() {
        BucketLimit limit = bucket(1, Duration.ofDays(31), 1_000_000_000_000L);
        assertThatThrownBy(() -> Exactness.check(limit))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        "1 in 2678400000 ms with a burst of 1000000000000 cannot be counted exactly in Redis")
                .satisfies(refusal -> {
                    Matcher largest = Pattern.compile("the largest burst that can is (\\d+)")
                            .matcher(refusal.getMessage());
                    assertThat(largest.find()).isTrue();
                    long works = Long.parseLong(largest.group(1));
                    assertThatCode(() -> Exactness.check(bucket(1, Duration.ofDays(31), works)))
                            .doesNotThrowAnyException();
                    assertThatThrownBy(() -> Exactness.check(bucket(1, Duration.ofDays(31), works + 1)))
                            .isInstanceOf(IllegalArgumentException.class);
                });
    }

    @Test
    void periodOfPartsOfAMillisecond_isRefused() {
        assertThatThrownBy(() -> Exactness.check(bucket(1, Duration.ofNanos(1_500_000), 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be whole");
    }

    /** Its lowest terms are parts of a millisecond: 999,999,999,989 is a prime. */
    @Test
    void rateWhoseLowestTermsAreNotMilliseconds_isRefused() {
        assertThatThrownBy(() -> Exactness.check(bucket(999_999_999_989L, Duration.ofSeconds(3), 5)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
