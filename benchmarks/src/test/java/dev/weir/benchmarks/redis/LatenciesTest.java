// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {

    @Test
    void percentiles_areThoseOfTheSortedTimes() {
        Latencies latencies = new Latencies();
        for (int nanos = 100; nanos >= 1; nanos--) {
            latencies.add(nanos);
        }
        assertThat(latencies.percentile(50)).isEqualTo(50);
        assertThat(latencies.percentile(99)).isEqualTo(99);
        assertThat(latencies.percentile(100)).isEqualTo(100);
        assertThat(latencies.percentile(0.1)).isEqualTo(1);
    }

    @Test
    void oneSlowDecisionOfAHundred_isBeyondP99_twoAreNot() {
        Latencies latencies = new Latencies();
        for (int i = 0; i < 99; i++) {
            latencies.add(10);
        }
        latencies.add(100);
        assertThat(latencies.percentile(99)).isEqualTo(10);
        latencies.add(100);
        assertThat(latencies.percentile(99)).isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                63,
                64,
                127,
                128,
                129,
                1_000,
                65_535,
                65_536,
                1_000_000_007,
                Long.MAX_VALUE / 2,
                Long.MAX_VALUE
            })
    void everyTime_isKeptToWithinAHundredth(long nanos) {
        Latencies latencies = new Latencies();
        latencies.add(nanos);
        assertThat((double) latencies.percentile(50)).isCloseTo((double) nanos, within(nanos / 100.0));
    }

    @Test
    void timesBelow128_areExact() {
        for (long nanos = 0; nanos < 128; nanos++) {
            Latencies latencies = new Latencies();
            latencies.add(nanos);
            assertThat(latencies.percentile(50)).isEqualTo(nanos);
        }
    }

    @Test
    void percentilesOfManyTimes_areWithinAHundredthOfTheExactOnes() {
        SplittableRandom random = new SplittableRandom(7);
        Latencies one = new Latencies();
        Latencies other = new Latencies();
        long[] all = new long[10_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (long) Math.exp(random.nextDouble(5, 20));
            (i % 3 == 0 ? one : other).add(all[i]);
        }
        one.add(other);
        Arrays.sort(all);
        assertThat(one.count()).isEqualTo(all.length);
        assertThat((double) one.percentile(50)).isCloseTo((double) all[4_999], within(all[4_999] / 100.0));
        assertThat((double) one.percentile(99)).isCloseTo((double) all[9_899], within(all[9_899] / 100.0));
    }

    @Test
    void nothingCounted_hasNoPercentile() {
        assertThatThrownBy(() -> new Latencies().percentile(50)).isInstanceOf(IllegalStateException.class);
    }
}
