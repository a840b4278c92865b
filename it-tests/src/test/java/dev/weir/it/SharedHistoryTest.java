// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.redis.RedisStore;
import dev.weir.redisrig.RedisServer;
import dev.weir.testkit.RecordedHistory;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Several JVMs, one of them with clocks an hour ahead and one an hour behind, charge fifty callers in one Redis, and no limit
 * gives more than it has.
 *
 * <p>The monotonic clock is one for all processes of a Linux machine, so their times can be compared. Redis reads the wall
 * clock in whole milliseconds: what it decides may seem up to a millisecond earlier, and as much more as the two clocks have
 * drifted apart, which is measured.
 */
class SharedHistoryTest {

    private static final Duration TRUE = Duration.ZERO;
    private static final Duration AHEAD = Duration.ofHours(1);
    private static final Duration BEHIND = AHEAD.negated();
    private static final Duration STARVED = Duration.ofSeconds(1);

    /** A step of Redis' clock less one nanosecond, because the time shown is itself possible. */
    private static final Duration STEP = Duration.ofNanos(999_999);

    private static final Duration MOST_DRIFT = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    private final long origin = System.nanoTime();
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final List<HistoryProcess> processes = new ArrayList<>();

    @Test
    void twoProcesses_stayWithinAllLimits() throws Exception {
        areWithinAllLimits(Duration.ofSeconds(5), AHEAD, BEHIND);
    }

    @Test
    @Tag("heavy")
    void fourProcesses_stayWithinAllLimitsForAMinute() throws Exception {
        areWithinAllLimits(Duration.ofMinutes(1), TRUE, AHEAD, BEHIND, TRUE);
    }

    private void areWithinAllLimits(Duration length, Duration... clocks) throws Exception {
        RedisClient client = HistoryProcess.client();
        try (RedisServer server = RedisServer.start();
                RedisStore store = HistoryProcess.open(client, server.uri(), TRUE)) {
            start(server, length, clocks);
            Duration drift = awaitEnd(length);
            RecordedHistory all = RecordedHistory.takeTheRest(store, origin);
            for (HistoryProcess process : processes) {
                all.add(process.history());
            }
            System.out.printf(
                    "SharedHistoryTest: seed %d, Redis %s, %d processes, %d charges in %d s, clocks apart by %d us, "
                            + "longest refused %d ms%n",
                    seed,
                    server.version(),
                    clocks.length,
                    all.charges(),
                    length.toSeconds(),
                    drift.toNanos() / 1_000,
                    all.longestRefused().toMillis());
            assertThat(drift).as("the clocks of this machine were set").isLessThan(MOST_DRIFT);
            all.check(STEP.plus(drift));
            assertThat(all.longestRefused()).isLessThanOrEqualTo(STARVED);
        } finally {
            for (HistoryProcess process : processes) {
                process.close();
            }
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    private void start(RedisServer server, Duration length, Duration... clocks) throws IOException {
        for (int i = 0; i < clocks.length; i++) {
            processes.add(HistoryProcess.start(new HistoryProcess.Task(
                    server.uri(), origin, length, clocks[i], seed + i, folder.resolve("history" + i))));
        }
        for (HistoryProcess process : processes) {
            process.awaitReady();
        }
        for (HistoryProcess process : processes) {
            process.go();
        }
    }

    /** {@return by how much the wall clock and the monotonic one have drifted apart meanwhile} */
    private Duration awaitEnd(Duration length) throws InterruptedException {
        long least = offset();
        long most = least;
        long end = System.nanoTime() + length.plus(PATIENCE).toNanos();
        for (HistoryProcess process : processes) {
            while (!process.hasEnded(100)) {
                assertThat(System.nanoTime() - end).as("time left").isNegative();
                long now = offset();
                least = Math.min(least, now);
                most = Math.max(most, now);
            }
        }
        return Duration.ofNanos(most - least);
    }

    /** Wall clock less monotonic one, by the reading of several that was interrupted least. */
    private static long offset() {
        long shortest = Long.MAX_VALUE;
        long offset = 0;
        for (int i = 0; i < 20; i++) {
            long before = System.nanoTime();
            Instant wall = TimeSource.system().now();
            long took = System.nanoTime() - before;
            if (took < shortest) {
                shortest = took;
                offset = wall.getEpochSecond() * 1_000_000_000 + wall.getNano() - before - took / 2;
            }
        }
        return offset;
    }
}
