// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.redis.RedisStore;
import dev.weir.redisrig.RedisServer;
import dev.weir.testkit.RecordedHistory;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final Duration LOOK = Duration.ofMillis(100);
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
            assertThat(drift).as("the clocks of this machine were set").isLessThan(Clocks.MOST_DRIFT);
            all.check(Clocks.STEP.plus(drift));
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
    private Duration awaitEnd(Duration length) throws IOException, InterruptedException {
        Clocks clocks = new Clocks();
        long end = System.nanoTime() + length.plus(PATIENCE).toNanos();
        for (HistoryProcess process : processes) {
            while (!process.hasEnded(LOOK)) {
                assertThat(System.nanoTime() - end).as("time left").isNegative();
                clocks.look();
            }
        }
        return clocks.drift();
    }
}
