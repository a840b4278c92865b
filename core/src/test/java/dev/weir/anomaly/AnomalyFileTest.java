// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.FakeTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AnomalyFileTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final FakeTime time = new FakeTime();

    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("weir-anomalies.jsonl");
    }

    private AnomalyLogBuilder builder() {
        return AnomalyLog.builder().time(time).file(file()).linesAMinute(1_000_000, 1_000_000);
    }

    private static void record(AnomalyLog log, String user) {
        log.record(Anomaly.builder(AnomalyType.RAPID_RESTART).user(user).details("x".repeat(500)));
    }

    /** Every line parses, or this fails. */
    private static List<String> users(Path file) throws IOException {
        List<String> users = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            JsonNode read = JSON.readTree(line);
            users.add(
                    read.get("type").asText().equals("ANOMALIES_LOST")
                            ? "lost " + read.get("left_out")
                            : read.get("user_id").asText());
        }
        return users;
    }

    @Test
    void events_areAppended_inOrder() throws IOException {
        Files.writeString(file(), "{\"user_id\": \"before\", \"type\": \"X\"}\n");
        try (AnomalyLog log = builder().build()) {
            record(log, "fred");
            record(log, "eve");
            assertThat(log.flush(PATIENCE)).isTrue();
            assertThat(users(file())).containsExactly("before", "fred", "eve");
            record(log, "gus");
        }
        assertThat(users(file())).containsExactly("before", "fred", "eve", "gus");
    }

    @Test
    void close_closesTheFile_andNothingOpensItAgain() throws IOException {
        FullDisk disk = new FullDisk(new LogFolder(file(), 1));
        AnomalyLog log =
                AnomalyLog.builder().place(disk).executor(Runnable::run).build();
        record(log, "fred");
        assertThat(disk.openNow()).isEqualTo(1);
        log.close();
        assertThat(disk.openNow()).isZero();
        record(log, "eve");
        assertThat(disk.openNow()).isZero();
        assertThat(users(file())).containsExactly("fred");
        assertThat(log.lost()).isEqualTo(1);
    }

    @Test
    void newFile_isItsOwnersOnly() throws IOException {
        try (AnomalyLog log = builder().rotate(10_000, 2).build()) {
            for (int i = 0; i < 40; i++) {
                record(log, "fred");
            }
        }
        assertThat(List.of("", ".1", ".2"))
                .allSatisfy(number -> assertThat(PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(folder.resolve("weir-anomalies.jsonl" + number))))
                        .isEqualTo("rw-------"));
    }

    @Test
    void fileThatIsFull_isRotated_andTheOldestLeaves() throws IOException {
        try (AnomalyLog log = builder().rotate(10_000, 2).build()) {
            for (int i = 0; i < 60; i++) {
                record(log, "user" + i);
            }
        }
        List<Path> files = files();
        assertThat(files)
                .extracting(path -> path.getFileName().toString())
                .containsExactly("weir-anomalies.jsonl", "weir-anomalies.jsonl.1", "weir-anomalies.jsonl.2");
        List<String> all = new ArrayList<>();
        for (int i = 2; i >= 0; i--) {
            assertThat(Files.size(files.get(i))).isBetween(500L, 10_000L);
            all.addAll(users(files.get(i)));
        }
        assertThat(all).last().isEqualTo("user59");
        assertThat(all).hasSizeBetween(25, 45).isEqualTo(range(60 - all.size(), 60));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.sorted().toList();
        }
    }

    private static List<String> range(int from, int to) {
        return Stream.iterate(from, i -> i < to, i -> i + 1)
                .map(i -> "user" + i)
                .toList();
    }

    @Test
    void fileThatSomebodyElseRotates_isMadeAnew() throws IOException {
        try (AnomalyLog log = builder().build()) {
            record(log, "fred");
            log.flush(PATIENCE);
            Files.move(file(), folder.resolve("old"));
            record(log, "eve");
            log.flush(PATIENCE);
            Files.delete(file());
            record(log, "gus");
        }
        assertThat(users(folder.resolve("old"))).containsExactly("fred");
        assertThat(users(file())).containsExactly("gus");
    }

    @Test
    void symbolicLink_isNotFollowed_neitherAtStartNorLater() throws IOException {
        Path target = folder.resolve("target");
        Files.writeString(target, "precious");
        Files.createSymbolicLink(file(), target);
        assertThatThrownBy(() -> builder().build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the anomaly file " + file()
                        + " is a symbolic link, which is not followed; write where it leads");
        Files.delete(file());
        try (AnomalyLog log = builder().build()) {
            Files.delete(file());
            Files.createSymbolicLink(file(), target);
            record(log, "fred");
            log.flush(PATIENCE);
            assertThat(log.lost()).isEqualTo(1);
        }
        assertThat(Files.readString(target)).isEqualTo("precious");
    }

    @Test
    void rotation_replacesLinks_andDoesNotFollowThem() throws IOException {
        Path target = folder.resolve("target");
        Files.writeString(target, "precious");
        Files.createSymbolicLink(folder.resolve("weir-anomalies.jsonl.1"), target);
        try (AnomalyLog log = builder().rotate(10_000, 1).build()) {
            for (int i = 0; i < 20; i++) {
                record(log, "fred");
            }
        }
        assertThat(Files.readString(target)).isEqualTo("precious");
        assertThat(Files.isSymbolicLink(folder.resolve("weir-anomalies.jsonl.1")))
                .isFalse();
    }

    @Test
    void placesWhereNoFileCanBe_areRefusedAtStart() throws IOException {
        Path there = Files.createDirectory(folder.resolve("folder"));
        assertThatThrownBy(() -> AnomalyLog.builder().file(there).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("the anomaly file " + there + " must be a regular file, or not be there yet");
        Path nowhere = folder.resolve("none/x.jsonl");
        assertThatThrownBy(() -> AnomalyLog.builder().file(nowhere).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "the anomaly file " + nowhere + " needs a folder that exists; make " + folder.resolve("none"));
    }

    @Test
    void pipe_isNeverOpened() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file().toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> builder().build()).hasMessageEndingWith("must be a regular file, or not be there yet");
    }

    @Test
    void halfALine_thatAKilledProcessLeft_isTakenBack() throws IOException {
        Files.writeString(file(), "{\"user_id\": \"fred\", \"type\": \"X\"}\n{\"timestamp\": \"2026-01-16T12:0");
        try (AnomalyLog log = builder().build()) {
            record(log, "eve");
        }
        assertThat(users(file())).containsExactly("fred", "eve");
    }

    @Test
    void anythingElseWithoutALineFeed_isLeftAlone() throws IOException {
        Files.writeString(file(), "rules: []");
        try (AnomalyLog log = builder().build()) {
            record(log, "eve");
        }
        assertThat(Files.readString(file())).startsWith("rules: []\n{\"timestamp\": ");
    }

    @Test
    void fullDisk_takesNoHalfLine_andTheNumberLostFollows() throws IOException {
        FullDisk disk = new FullDisk(new LogFolder(file(), 1));
        try (AnomalyLog log = AnomalyLog.builder()
                .time(time)
                .place(disk)
                .linesAMinute(1_000_000, 1_000_000)
                .build()) {
            record(log, "before");
            log.flush(PATIENCE);
            disk.leave(100);
            for (int i = 0; i < 7; i++) {
                record(log, "lost" + i);
                log.flush(PATIENCE);
                time.advance(Duration.ofMillis(500));
            }
            assertThat(log.lost()).isEqualTo(7);
            assertThat(disk.opened()).isBetween(2, 6);
            assertThat(users(file())).containsExactly("before");
            disk.leave(1_000_000);
            time.advance(Duration.ofSeconds(1));
            record(log, "after");
            log.flush(PATIENCE);
            record(log, "later");
            log.flush(PATIENCE);
            assertThat(log.lost()).isEqualTo(7);
            assertThat(log.summary().totalCount()).isEqualTo(10);
        }
        assertThat(users(file())).containsExactly("before", "lost 7", "after", "later");
    }
}
