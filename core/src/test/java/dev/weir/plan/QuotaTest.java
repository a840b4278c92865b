// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuotaTest {

    @ParameterizedTest
    @CsvSource({
        "20/min, 20, PT1M, 20, false",
        "1/s, 1, PT1S, 1, false",
        "100/15min, 100, PT15M, 100, false",
        "60/min burst 10, 60, PT1M, 10, false",
        "60/min burst 600, 60, PT1M, 600, false",
        "5/hour rolling, 5, PT1H, 5, true",
        "10000/31day rolling, 10000, PT744H, 10000, true",
        "1000/day, 1000, PT24H, 1000, false",
        "1000000000000/s burst 1000000000000, 1000000000000, PT1S, 1000000000000, false",
        "007/007s, 7, PT7S, 7, false"
    })
    void parse_good(String text, long amount, Duration period, long capacity, boolean rolling) {
        assertThat(Quota.parse(text)).isEqualTo(new Quota(amount, period, capacity, rolling));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "20/month | periods by month are not supported yet; the longest period is 31day",
                "20/year | periods by year are not supported yet; the longest period is 31day",
                "20/calendar | periods by calendar are not supported yet; the longest period is 31day",
                "20/day calendar | periods by calendar are not supported yet; the longest period is 31day",
                "20/3month burst 9 | periods by month are not supported yet; the longest period is 31day",
                "20/m | \"m\" is no period; use s, min, hour or day",
                "20/sec | \"sec\" is no period; use s, min, hour or day",
                "20/500ms | \"ms\" is no period; use s, min, hour or day",
                "20/hours | \"hours\" is no period; use s, min, hour or day",
                "0/min | amount must be 1 to 1000000000000 but was 0",
                "1000000000001/s | amount must be 1 to 1000000000000 but was 1000000000001",
                "10001/hour rolling | amount must be 1 to 10000 for a rolling quota but was 10001",
                "20/min burst 0 | burst must be 1 to 1000000000000 but was 0",
                "20/min burst 1000000000001 | burst must be 1 to 1000000000000 but was 1000000000001",
                "20/0s | period must be 1s to 31day",
                "20/32day | period must be 1s to 31day",
                "20/999999999day | period must be 1s to 31day"
            })
    void parse_wellFormedButWrong_namesTheFault(String text, String problem) {
        assertThatThrownBy(() -> Quota.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text + "\": " + problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "20",
                "/min",
                "20/",
                "20/1",
                "min/20",
                "twenty/min",
                "-1/min",
                "+1/min",
                "1.5/min",
                "20 /min",
                "20/ min",
                "20/min ",
                " 20/min",
                "20/MIN",
                "20/Min",
                "20/min burst",
                "20/min burst x",
                "20/min burst -1",
                "20/min  burst 5",
                "20/min,burst 5",
                "20/min rolling burst 5",
                "20/min burst 5 rolling",
                "20/min rolling ",
                "20/min Rolling",
                "9999999999999999999/min",
                "20/9999999999min",
                "\uff12\uff10/min",
                "20/min\n",
                "1e3/min",
                "unlimited",
                "20 per minute",
                "20/min/min"
            })
    void parse_anyOtherText_showsHowToWriteIt(String text) {
        assertThatThrownBy(() -> Quota.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("\"" + text
                        + "\" is not a quota; write it like 20/min, 100/15min, 60/min burst 10 or 5/hour rolling");
    }

    @ParameterizedTest
    @CsvSource({
        "20/min, 20/min",
        "20/60s, 20/min",
        "20/60min, 20/hour",
        "20/24hour, 20/day",
        "20/90s, 20/90s",
        "20/36hour, 20/36hour",
        "20/min burst 20, 20/min",
        "20/min burst 21, 20/min burst 21",
        "5/120min rolling, 5/2hour rolling"
    })
    void toString_isTheShortestWayToWriteIt(String text, String shortest) {
        assertThat(Quota.parse(text)).hasToString(shortest);
    }

    @Test
    void toString_isReadBackAsTheSame() {
        long seed = System.nanoTime();
        System.out.println("QuotaTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 10_000; i++) {
            Duration period =
                    Duration.ofSeconds(random.nextLong(1, Duration.ofDays(31).toSeconds() + 1));
            Quota quota = Quota.of(random.nextLong(1, 10_001), period);
            quota = switch (random.nextInt(3)) {
                case 0 -> quota.asRolling();
                case 1 -> quota.burst(random.nextLong(1, Quota.MAX + 1));
                default -> quota;
            };
            assertThat(Quota.parse(quota.toString())).as("seed %d", seed).isEqualTo(quota);
        }
    }

    @Test
    void factories_nameTheirPeriods() {
        assertThat(Quota.perSecond(2)).isEqualTo(Quota.parse("2/s"));
        assertThat(Quota.perMinute(2)).isEqualTo(Quota.parse("2/min"));
        assertThat(Quota.perHour(2)).isEqualTo(Quota.parse("2/hour"));
        assertThat(Quota.perDay(2)).isEqualTo(Quota.parse("2/day"));
        assertThat(Quota.perMinute(60).burst(10)).isEqualTo(Quota.parse("60/min burst 10"));
        assertThat(Quota.perMinute(60).burst(10).asRolling()).isEqualTo(Quota.parse("60/min rolling"));
    }

    @Test
    void rangesAreChecked() {
        assertThat(Quota.of(1, Duration.ofMillis(1))).hasToString("1/PT0.001S");
        assertThatThrownBy(() -> Quota.of(1, Duration.ofNanos(999_999))).hasMessageStartingWith("period must be 1 ms");
        assertThatThrownBy(() -> Quota.of(1, Duration.ofDays(31).plusNanos(1))).hasMessageContaining("31 days");
        assertThatThrownBy(() -> Quota.of(1, Duration.ofSeconds(-1))).hasMessageContaining("31 days");
        assertThatThrownBy(() -> Quota.perMinute(0)).hasMessageContaining("but was 0");
        assertThatThrownBy(() -> Quota.perMinute(Long.MIN_VALUE)).hasMessageContaining("amount must be");
        assertThatThrownBy(() -> Quota.perMinute(Long.MAX_VALUE)).hasMessageContaining("amount must be");
        assertThatThrownBy(() -> Quota.perMinute(5).asRolling().burst(6))
                .hasMessage("a rolling quota has no burst; write 5/... rolling");
    }
}
