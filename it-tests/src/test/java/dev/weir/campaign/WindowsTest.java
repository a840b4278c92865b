// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WindowsTest {

    /** Ten at once, and one every ten nanoseconds. */
    private static final Windows.Limit LIMIT = new Windows.Limit(10, 1, 10);

    private static Windows windows() {
        return new Windows(LIMIT);
    }

    @Test
    void limitIsNotTooMuch_oneMoreIs() {
        assertThat(windows().take(0, 0, 10).take(100, 100, 10).worst().excess()).isEqualTo(0);
        assertThat(windows().take(0, 0, 10).take(100, 100, 11).worst()).isEqualTo(new Windows.Worst(1, 100));
        assertThat(windows().take(0, 0, 11).take(1_000, 1_000, 1).worst().excess())
                .isEqualTo(1);
    }

    @Test
    void whatMayHaveBeenTakenElsewhere_isForgiven() {
        assertThat(windows().take(0, 100, 10).take(50, 150, 20).worst().excess())
                .as("both within 0 to 150")
                .isEqualTo(5);
        assertThat(windows().take(0, 200, 10).take(100, 250, 10).worst().excess())
                .isNegative();
    }

    @Test
    void loss_isForgivenAcrossItOnly() {
        assertThat(windows()
                        .take(0, 0, 10)
                        .forgive(1, 2, 10)
                        .take(3, 3, 10)
                        .worst()
                        .excess())
                .isLessThanOrEqualTo(0);
        assertThat(windows()
                        .take(0, 0, 10)
                        .take(3, 3, 10)
                        .forgive(4, 5, 10)
                        .worst()
                        .excess())
                .isEqualTo(10);
        assertThat(windows().forgive(1, 2, 10).take(3, 3, 20).worst().excess()).isEqualTo(10);
    }

    @Test
    void outage_isForgivenToWhoeverTouchesIt() {
        assertThat(windows()
                        .take(40, 40, 11)
                        .forgiveTouching(20, 60, 0, LIMIT)
                        .worst()
                        .excess())
                .isLessThanOrEqualTo(0);
        assertThat(windows()
                        .take(10, 10, 11)
                        .forgiveTouching(20, 60, 10, LIMIT)
                        .worst()
                        .excess())
                .isEqualTo(1);
        assertThat(windows()
                        .take(61, 61, 11)
                        .forgiveTouching(20, 60, 10, LIMIT)
                        .worst()
                        .excess())
                .isEqualTo(1);
    }

    /** Beside a search of all windows, one by one. */
    @Test
    void everyWindowIsLookedAt() {
        SplittableRandom random = new SplittableRandom(20261126);
        for (int round = 0; round < 2_000; round++) {
            List<long[]> items = new ArrayList<>();
            Windows windows = windows();
            for (int i = 0; i < 8; i++) {
                long start = random.nextLong(200);
                long end = start + random.nextLong(40);
                long tokens = 1 + random.nextLong(8);
                if (random.nextInt(4) > 0) {
                    windows.take(start, end, tokens);
                    items.add(new long[] {start, end, tokens});
                } else if (random.nextBoolean()) {
                    windows.forgive(start, end, tokens);
                    items.add(new long[] {start, end, -tokens});
                } else {
                    windows.forgive(end, start, tokens);
                    items.add(new long[] {end, start, -tokens});
                }
            }
            assertThat(windows.worst().excess()).as("round %d", round).isEqualTo(slowly(items));
        }
    }

    private static long slowly(List<long[]> items) {
        long worst = Long.MIN_VALUE;
        for (long[] last : items) {
            for (long[] first : items) {
                if (last[2] > 0 && first[2] > 0 && first[1] <= last[1]) {
                    long parts = 0;
                    for (long[] each : items) {
                        parts += each[0] >= first[0] && each[1] <= last[1] ? each[2] * LIMIT.periodNanos() : 0;
                    }
                    parts -= LIMIT.capacity() * LIMIT.periodNanos() + LIMIT.amount() * (last[1] - first[0]);
                    worst = Math.max(worst, -Math.floorDiv(-parts, LIMIT.periodNanos()));
                }
            }
        }
        return worst;
    }
}
