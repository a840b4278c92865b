// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred thousand events, as fast as four threads can, while the disk is full, or hangs: nobody who records waits for it,
 * no event is miscounted, and every line that is there is whole.
 */
class AnomalyFloodTest {

    private static final int THREADS = 4;
    private static final int EACH = 50_000;
    private static final long ALL = THREADS * EACH;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private long told; // how many events lines say were left out or lost, when they were read last

    private AnomalyLogBuilder builder(LogPlace place) {
        return AnomalyLog.builder().place(place).rotate(500_000, 3).linesAMinute(1_000_000, 1_000_000);
    }

    private LogFolder file() {
        return new LogFolder(folder.resolve("weir-anomalies.jsonl"), 3);
    }

    @Test
    void flood_onAFullDisk_countsEveryEventAndBreaksNoLine() throws Exception {
        FullDisk disk = new FullDisk(file());
        disk.leave(100_050);
        try (AnomalyLog log = builder(disk).build()) {
            flood(log);
            assertThat(log.flush(PATIENCE)).isTrue();
            assertCounted(log);
            assertThat(log.lost()).isBetween(1L, ALL - 1);
            assertThat(log.lost() + lines()).isEqualTo(ALL);
        }
    }

    /** All of it is recorded while the disk does not move at all, so nobody can have waited for it. */
    @Test
    void flood_onADiskThatHangs_holdsUpNobody() throws Exception {
        CountDownLatch hangs = new CountDownLatch(1);
        FullDisk disk = new FullDisk(file());
        disk.hang(hangs);
        try (AnomalyLog log = builder(disk).build()) {
            flood(log);
            assertCounted(log);
            assertThat(lines()).isZero();
            hangs.countDown();
            assertThat(log.flush(PATIENCE)).isTrue();
            assertThat(lines()).isBetween((long) AnomalyLog.QUEUE, AnomalyLog.QUEUE + 200L);
            assertThat(log.lost() + lines()).isEqualTo(ALL);
            assertThat(told).as("told in lines").isEqualTo(log.lost());
        }
    }

    /** With the sample that a log has unless told otherwise. */
    @Test
    void flood_isFewLines() throws Exception {
        try (AnomalyLog log = AnomalyLog.builder().place(new FullDisk(file())).build()) {
            flood(log);
            assertThat(log.flush(PATIENCE)).isTrue();
            assertCounted(log);
            assertThat(log.lost()).isZero();
            assertThat(log.leftOut() + lines()).isEqualTo(ALL);
            assertThat(lines()).isLessThan(1_000);
        }
    }

    private static void assertCounted(AnomalyLog log) {
        assertThat(log.summary().totalCount()).isEqualTo(ALL);
        assertThat(log.summary().topUsers()).hasSize(8);
        assertThat(log.summary().topUsers().values()).containsOnly(ALL / 8);
    }

    /** How many events the files hold; each line is whole, or this fails. */
    private long lines() throws IOException {
        long lines = 0;
        told = 0;
        ObjectMapper json = new ObjectMapper();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                for (String line : Files.readAllLines(file)) {
                    JsonNode read = json.readTree(line);
                    lines += read.has("left_out") ? 0 : 1;
                    told += read.path("left_out").asLong();
                }
            }
        }
        return lines;
    }

    private static void flood(AnomalyLog log) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            threads.add(new Thread(() -> {
                for (int i = 0; i < EACH; i++) {
                    log.record(Anomaly.builder(AnomalyType.RATE_LIMIT_EXCEEDED)
                            .user("user\r\n\"" + i % 8)
                            .details("Rate limit exceeded"));
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
