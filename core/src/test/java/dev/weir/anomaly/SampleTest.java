// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What goes to callbacks, and so to the file: enough to see an attack, not so much that it is one itself. */
class SampleTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FakeTime time = new FakeTime();
    private final List<Anomaly> told = Collections.synchronizedList(new ArrayList<>());

    private AnomalyLogBuilder builder() {
        return AnomalyLog.builder().time(time).onAnomaly(told::add).executor(Runnable::run);
    }

    private static void record(AnomalyLog log, AnomalyType type, String user, int times) {
        for (int i = 0; i < times; i++) {
            log.record(Anomaly.builder(type).user(user));
        }
    }

    private List<String> told(AnomalyLog log) {
        assertThat(log.flush(PATIENCE)).isTrue();
        List<String> lines = told.stream()
                .map(event -> event.type() + " of " + event.user().orElse("others")
                        + (event.leftOut() == 0 ? "" : ": " + event.leftOut() + " left out"))
                .toList();
        told.clear();
        return lines;
    }

    @Test
    void oneCaller_hasTenLinesAMinute_andTheRestIsANumber() {
        try (AnomalyLog log = builder().build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 1_000);
            record(log, AnomalyType.RAPID_RESTART, "fred", 1);
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "eve", 1);
            time.advance(Duration.ofSeconds(60));
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "gus", 1);
            List<String> expected = new ArrayList<>(Collections.nCopies(10, "RATE_LIMIT_EXCEEDED of fred"));
            expected.add("RAPID_RESTART of fred");
            expected.add("RATE_LIMIT_EXCEEDED of eve");
            expected.add("RATE_LIMIT_EXCEEDED of fred: 990 left out");
            expected.add("RATE_LIMIT_EXCEEDED of gus");
            assertThat(told(log)).isEqualTo(expected);
            assertThat(log.leftOut()).isEqualTo(990);
            assertThat(log.lost()).isZero();
            assertThat(log.summary().totalCount()).isEqualTo(1_003);
            assertThat(log.recent(2_000)).hasSize(1_003).allMatch(event -> event.leftOut() == 0);
        }
    }

    @Test
    void nextMinute_hasLinesAgain() {
        try (AnomalyLog log = builder().linesAMinute(2, 100).build()) {
            record(log, AnomalyType.RAPID_RESTART, "fred", 3);
            time.advance(Duration.ofSeconds(59));
            record(log, AnomalyType.RAPID_RESTART, "fred", 1);
            time.advance(Duration.ofSeconds(1));
            record(log, AnomalyType.RAPID_RESTART, "fred", 1);
            assertThat(told(log))
                    .containsExactly(
                            "RAPID_RESTART of fred",
                            "RAPID_RESTART of fred",
                            "RAPID_RESTART of fred: 2 left out",
                            "RAPID_RESTART of fred");
        }
    }

    @Test
    void callersWithoutEnd_haveAThousandLinesTogether_andSevereOnesTheirOwn() {
        try (AnomalyLog log = builder().build()) {
            for (int i = 0; i < 50_000; i++) {
                record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "made-up-" + i, 1);
            }
            record(log, AnomalyType.UNAUTHORIZED_ACCESS, "mallory", 1);
            assertThat(told(log))
                    .hasSize(1_002)
                    .endsWith("UNAUTHORIZED_ACCESS of mallory", "RATE_LIMIT_EXCEEDED of others: 49000 left out");
        }
    }

    @Test
    void worstHundred_areNamed_andNoNumberIsLost() {
        try (AnomalyLog log = builder().build()) {
            for (int i = 0; i < 300; i++) {
                record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "u" + i, i == 7 ? 500 : 12);
            }
            List<String> lines = told(log);
            List<String> numbers =
                    lines.stream().filter(line -> line.contains("left out")).toList();
            assertThat(numbers).hasSize(101).contains("RATE_LIMIT_EXCEEDED of u7: 490 left out");
            long all = numbers.stream()
                    .mapToLong(line -> Long.parseLong(line.replaceAll(".*: ([0-9]+) left out", "$1")))
                    .sum();
            assertThat(all + lines.size() - numbers.size()).isEqualTo(299 * 12 + 500);
            assertThat(log.leftOut()).isEqualTo(all);
        }
    }

    @Test
    void anonymousCallers_areToldApartByAddress() {
        try (AnomalyLog log = builder().linesAMinute(1, 100).build()) {
            for (String address : List.of("192.0.2.1", "192.0.2.2", "192.0.2.1")) {
                log.record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS).address(address));
            }
            log.flush(PATIENCE);
            assertThat(told)
                    .extracting(event -> event.address().orElseThrow() + " " + event.leftOut())
                    .containsExactly("192.0.2.1 0", "192.0.2.2 0", "192.0.2.1 1");
        }
    }

    @Test
    void poll_tellsTheNumber_whereNothingMoreHappens() {
        try (AnomalyLog log = builder().linesAMinute(1, 1).build()) {
            record(log, AnomalyType.RAPID_RESTART, "fred", 5);
            time.advance(Duration.ofSeconds(20));
            assertThat(log.poll()).isEqualTo(Duration.ofSeconds(40).toNanos());
            time.advance(Duration.ofSeconds(40));
            assertThat(log.poll()).isEqualTo(Duration.ofSeconds(60).toNanos());
            assertThat(told(log)).containsExactly("RAPID_RESTART of fred", "RAPID_RESTART of fred: 4 left out");
        }
    }

    @Test
    void callbackThatThrows_isCalledAgain() {
        List<String> heard = Collections.synchronizedList(new ArrayList<>());
        try (AnomalyLog log = builder()
                .onAnomaly(event -> {
                    throw new StackOverflowError();
                })
                .onAnomaly(event -> heard.add(event.user().orElseThrow()))
                .onAnomaly(event -> {
                    heard.add("throws");
                    throw new IllegalStateException("no mail server");
                })
                .build()) {
            record(log, AnomalyType.RAPID_RESTART, "fred", 2);
            assertThat(told(log)).hasSize(2);
        }
        assertThat(heard).containsExactlyInAnyOrder("fred", "fred", "throws", "throws");
    }

    @Test
    void callbackThatBlocks_holdsUpNobody_andItsQueueIsBounded() throws InterruptedException {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        try (AnomalyLog log = AnomalyLog.builder()
                .time(time)
                .linesAMinute(1_000_000, 1_000_000)
                .onAnomaly(event -> {
                    blocked.countDown();
                    await(end);
                    told.add(event);
                })
                .build()) {
            record(log, AnomalyType.RAPID_RESTART, "fred", 1);
            assertThat(blocked.await(20, TimeUnit.SECONDS)).isTrue();
            record(log, AnomalyType.RAPID_RESTART, "fred", 50_000);
            assertThat(log.summary().totalCount()).isEqualTo(50_001);
            assertThat(told).isEmpty();
            assertThat(log.flush(Duration.ofMillis(1))).isFalse();
            end.countDown();
            assertThat(log.flush(PATIENCE)).isTrue();
            assertThat(told).hasSizeBetween(AnomalyLog.QUEUE, AnomalyLog.QUEUE + 200);
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
    void afterClose_eventsAreCounted_andGoNowhere() {
        AnomalyLog log = AnomalyLog.builder().time(time).onAnomaly(told::add).build();
        log.close();
        record(log, AnomalyType.RAPID_RESTART, "fred", 50);
        assertThat(told).isEmpty();
        assertThat(log.recent()).hasSize(50);
        log.close();
    }

    @Test
    void numbersOutOfRange_areRefused() {
        AnomalyLogBuilder builder = AnomalyLog.builder();
        assertThatThrownBy(() -> builder.linesAMinute(0, 1)).hasMessage("ofEach must be 1 to 1000000 but was 0");
        assertThatThrownBy(() -> builder.rotate(9_999, 1))
                .hasMessage("bytes must be 10000 to 1000000000000 but was 9999");
        assertThatThrownBy(() -> builder.rotate(10_000, 0)).hasMessage("files must be 1 to 1000 but was 0");
        assertThatThrownBy(() -> builder.digestIdentities("")).hasMessage("secret must not be empty");
    }
}
