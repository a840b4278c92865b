// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.store.Rate;
import java.util.SplittableRandom;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Histories that are possible, and the same with one thing wrong. Times are in milliseconds. */
class HistoryCheckerTest {

    private static final long MILLI = 1_000_000;
    private static final Rate TEN_A_SECOND = new Rate(10, 1000 * MILLI, 5);
    private static final Rate THREE_IN_A_SECOND = new Rate(3, 1000 * MILLI, 3);
    private static final Spans NONE = new Spans();

    private final HistoryChecker checker = new HistoryChecker("it");

    /** Start, end and cost of each. */
    private static Spans spans(long... numbers) {
        Spans spans = new Spans();
        for (int i = 0; i < numbers.length; i += 3) {
            spans.add(numbers[i] * MILLI, numbers[i + 1] * MILLI, numbers[i + 2]);
        }
        return spans;
    }

    private static void possible(ThrowingCallable check) {
        assertThatCode(check).doesNotThrowAnyException();
    }

    private static void impossible(ThrowingCallable check, String because) {
        assertThatThrownBy(check).isInstanceOf(AssertionError.class).hasMessageContaining(because);
    }

    @Test
    void bucket_admitsItsCapacityAndWhatTheRateGives() {
        possible(() -> checker.bucket(TEN_A_SECOND, spans(0, 0, 5, 100, 100, 1, 200, 200, 1, 900, 900, 5), NONE));
        impossible(() -> checker.bucket(TEN_A_SECOND, spans(0, 0, 6), NONE), "1 too much");
        impossible(() -> checker.bucket(TEN_A_SECOND, spans(0, 0, 5, 99, 99, 1), NONE), "1 too much");
    }

    @Test
    void bucket_isJudgedInEveryWindow() {
        impossible(
                () -> checker.bucket(TEN_A_SECOND, spans(0, 0, 1, 9000, 9000, 3, 9010, 9010, 3, 20000, 20000, 1), NONE),
                "1 too much in some window up to 9010");
        impossible(() -> checker.bucket(TEN_A_SECOND, spans(9010, 9010, 3, 9000, 9000, 3), NONE), "1 too much");
    }

    @Test
    void bucket_mayHaveDecidedAnywhereBetweenStartAndEnd() {
        possible(() -> checker.bucket(TEN_A_SECOND, spans(0, 0, 5, 50, 100, 1), NONE));
        possible(() -> checker.bucket(TEN_A_SECOND, spans(0, 100, 5, 0, 100, 1), NONE));
        impossible(() -> checker.bucket(TEN_A_SECOND, spans(0, 0, 5, 50, 99, 1), NONE), "1 too much");
    }

    @Test
    void bucket_refusesOnlyWhatItMayLack() {
        Spans taken = spans(0, 0, 5);
        possible(() -> checker.bucket(TEN_A_SECOND, taken, spans(99, 99, 1, 199, 199, 2)));
        impossible(() -> checker.bucket(TEN_A_SECOND, taken, spans(100, 100, 1)), "refused without a reason");
        impossible(() -> checker.bucket(TEN_A_SECOND, taken, spans(200, 210, 2)), "refused without a reason");
    }

    @Test
    void bucket_whoseRefusalsTakeIsFoundOut() {
        Spans taken = spans(0, 0, 4);
        possible(() -> checker.bucket(TEN_A_SECOND, taken, spans(10, 10, 2)));
        impossible(() -> checker.bucket(TEN_A_SECOND, taken, spans(10, 10, 2, 20, 20, 1)), "refused without a reason");
    }

    @Test
    void bucket_mayRefuseForWhatIsUnderWay() {
        possible(() -> checker.bucket(TEN_A_SECOND, spans(0, 50, 5), spans(10, 20, 1)));
        possible(() -> checker.bucket(TEN_A_SECOND, spans(20, 50, 5), spans(10, 20, 1)));
        impossible(() -> checker.bucket(TEN_A_SECOND, spans(21, 50, 5), spans(10, 20, 1)), "refused without a reason");
    }

    @Test
    void rolling_admitsTheAmountInEachPeriod() {
        possible(() -> checker.rolling(THREE_IN_A_SECOND, spans(0, 0, 2, 500, 500, 1, 1000, 1000, 2), NONE));
        impossible(() -> checker.rolling(THREE_IN_A_SECOND, spans(0, 0, 2, 500, 500, 1, 999, 999, 1), NONE), "4 of 3");
        impossible(
                () -> checker.rolling(THREE_IN_A_SECOND, spans(0, 0, 1, 500, 500, 1, 1400, 1400, 3), NONE), "4 of 3");
    }

    @Test
    void rolling_mayHaveDecidedAnywhereBetweenStartAndEnd() {
        possible(() -> checker.rolling(THREE_IN_A_SECOND, spans(0, 0, 3, 900, 1000, 3), NONE));
        possible(() -> checker.rolling(THREE_IN_A_SECOND, spans(0, 5000, 3, 100, 100, 3, 1100, 1100, 3), NONE));
        impossible(() -> checker.rolling(THREE_IN_A_SECOND, spans(0, 10, 3, 900, 999, 1), NONE), "4 of 3");
    }

    @Test
    void rolling_refusesOnlyWhatItMayLack() {
        Spans taken = spans(0, 0, 2, 400, 400, 1);
        possible(() -> checker.rolling(THREE_IN_A_SECOND, taken, spans(999, 999, 1, 1399, 1399, 3)));
        impossible(() -> checker.rolling(THREE_IN_A_SECOND, taken, spans(1000, 1000, 1)), "refused without a reason");
        impossible(() -> checker.rolling(THREE_IN_A_SECOND, taken, spans(1400, 1400, 3)), "refused without a reason");
        impossible(() -> checker.rolling(THREE_IN_A_SECOND, spans(11, 11, 3), spans(0, 10, 1)), "without a reason");
    }

    @Test
    void leases_areNeverMoreThanTheirNumber() {
        Spans granted = spans(0, 10, 1, 0, 20, 1, 30, 40, 1);
        possible(() -> checker.leases(2, granted, spans(40, 60, 1, 90, 95, 1, 90, 95, 1), NONE));
        impossible(() -> checker.leases(2, granted, spans(41, 60, 1, 90, 95, 1, 90, 95, 1), NONE), "3 of 2 held");
        impossible(() -> checker.leases(2, granted, spans(20, 60, 1, 90, 95, 1), NONE), "3 taken, 2 given back");
    }

    @Test
    void leases_areRefusedOnlyWhereAllMayBeHeld() {
        Spans granted = spans(0, 10, 1, 20, 30, 1);
        Spans returned = spans(50, 60, 1, 70, 80, 1);
        possible(() -> checker.leases(2, granted, returned, spans(15, 20, 1, 60, 99, 1)));
        impossible(() -> checker.leases(2, granted, returned, spans(15, 19, 1)), "refused without a reason");
        impossible(() -> checker.leases(2, granted, returned, spans(61, 99, 1)), "refused without a reason");
    }

    @Test
    void nearlyAll_isSaidOnlyOfWhatIsAskedForAllTheTime() {
        Spans always = new Spans();
        Spans seldom = new Spans();
        Spans all = spans(0, 0, 5);
        Spans most = spans(0, 0, 5);
        for (long i = 1; i <= 1000; i++) {
            always.add(i * 100 * MILLI, i * 100 * MILLI, 1);
            seldom.add(i * 400 * MILLI, i * 400 * MILLI, 1);
            all.add(i * 100 * MILLI, i * 100 * MILLI, 1);
            most.add(i * 100 * MILLI, i * 100 * MILLI, i % 50 == 0 ? 0 : 1);
        }
        assertThat(checker.nearlyAll(TEN_A_SECOND, all, always)).isTrue();
        assertThat(checker.nearlyAll(TEN_A_SECOND, most, seldom)).isFalse();
        always.add(50_050 * MILLI, 51_000 * MILLI, 1); // by a thread that had no processor for a second
        assertThat(checker.nearlyAll(TEN_A_SECOND, all, always)).isTrue();
        assertThat(checker.nearlyAll(TEN_A_SECOND, all, NONE)).isFalse();
        impossible(() -> checker.nearlyAll(TEN_A_SECOND, most, always), "admitted 985 of 1005");
    }

    /** What a right bucket does, seen through spans of random length, raises no alarm; one token more does where it can be seen. */
    @Test
    void bucket_thatIsRightIsNeverBlamed() {
        SplittableRandom random = new SplittableRandom(Seeds.next("HistoryCheckerTest"));
        for (int run = 0; run < 200; run++) {
            Spans taken = new Spans();
            Spans refused = new Spans();
            Spans exact = new Spans();
            long parts = 5000;
            long now = 1000;
            for (int i = 0; i < 200; i++) {
                long step = random.nextInt(200);
                now += step;
                parts = Math.min(5000, parts + step * 10);
                long cost = random.nextLong(1, 6);
                boolean admitted = cost * 1000 <= parts;
                parts -= admitted ? cost * 1000 : 0L;
                long start = now - random.nextInt(300);
                (admitted ? taken : refused).add(start * MILLI, (now + random.nextInt(300)) * MILLI, cost);
                if (admitted) {
                    exact.add(now * MILLI, now * MILLI, cost);
                }
            }
            checker.bucket(TEN_A_SECOND, taken, refused);
            checker.bucket(TEN_A_SECOND, exact, NONE);
            exact.add(now * MILLI, now * MILLI, parts / 1000 + 1);
            impossible(() -> checker.bucket(TEN_A_SECOND, exact, NONE), "1 too much");
        }
    }
}
