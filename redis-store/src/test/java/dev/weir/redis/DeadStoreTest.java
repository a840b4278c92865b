// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a limiter needs while its Redis is dead, and how soon limits are shared again afterwards. */
@Tag("heavy")
class DeadStoreTest {

    private static final int REQUESTS = 1_000_000;
    private static final int USERS = 1_000;
    private static final int ROUNDS = 11;
    private static final int REQUESTS_PER_ROUND = 20_000;
    private static final long MOST_GROWTH = 10L << 20;

    private static final Duration BACK = Duration.ofSeconds(1);

    /** Whatever waits for Redis must be bounded, and few of it: the breaker lets nobody ask. */
    @Test
    void millionRequests_leaveNothingBehind() throws IOException {
        try (Outage outage = Outage.begin()) {
            outage.awaitShared();
            outage.server.kill();
            outage.awaitDegraded();
            ask(outage, USERS); // each has a bucket in memory now
            long before = usedAfterCollection();
            ask(outage, REQUESTS);
            long growth = usedAfterCollection() - before;
            System.out.printf("DeadStoreTest: %d requests, heap grown by %d KiB%n", REQUESTS, growth >> 10);
            assertThat(outage.degraded.get()).isGreaterThanOrEqualTo(REQUESTS);
            assertThat(growth).isLessThanOrEqualTo(MOST_GROWTH);
        }
    }

    /** Who goes on in memory waits for nothing else: beside a limiter that never had a Redis, in turns. */
    @Test
    void requestsWithoutTheStore_areAboutAsQuickAsInMemory() throws IOException {
        try (Outage outage = Outage.begin();
                RateLimiter memory = Outage.limiter("memory", "")) {
            outage.awaitShared();
            outage.server.freeze(); // the worst: it takes connections and commands, and says nothing
            outage.awaitDegraded();
            List<Long> added = new ArrayList<>();
            for (int round = 0; round < ROUNDS; round++) {
                long inMemory = percentile99(memory);
                added.add(percentile99(outage.limiter) - inMemory);
            }
            outage.server.thaw();
            Collections.sort(added);
            long median = added.get(ROUNDS / 2);
            System.out.printf("DeadStoreTest: p99 with Redis dead is %d us above that in memory%n", median / 1000);
            assertThat(Duration.ofNanos(median)).isLessThanOrEqualTo(Duration.ofNanos(200_000));
        }
    }

    private static long percentile99(RateLimiter limiter) {
        long[] taken = new long[REQUESTS_PER_ROUND];
        for (int i = 0; i < taken.length; i++) {
            FakeRequest request = FakeRequest.get("/api/hello").header("User", "user" + i % USERS);
            long start = System.nanoTime();
            limiter.complete(limiter.decide(request), 200);
            taken[i] = System.nanoTime() - start;
        }
        Arrays.sort(taken);
        return taken[taken.length * 99 / 100];
    }

    private static void ask(Outage outage, int times) {
        for (int i = 0; i < times; i++) {
            outage.ask("user" + i % USERS);
        }
    }

    /** The least of several, because a collection may leave what the next one takes. */
    private static long usedAfterCollection() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
        }
        return least;
    }

    /** Of those who were gone, and of those who took connections and said nothing. */
    @ParameterizedTest
    @CsvSource({"1, killed", "20, killed", "60, killed", "1, frozen", "20, frozen", "20, blackholed"})
    void outageThatEnds_isOverWithinASecond(int seconds, String how) throws IOException {
        try (Outage outage = Outage.begin();
                Stall stall = new Stall()) {
            outage.awaitShared();
            switch (how) {
                case "killed" -> outage.server.kill();
                case "frozen" -> outage.server.freeze();
                default -> outage.proxy.blackhole();
            }
            long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
            while (System.nanoTime() - end < 0) {
                outage.ask("fred");
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            switch (how) {
                case "killed" -> outage.server.restart();
                case "frozen" -> outage.server.thaw();
                default -> outage.proxy.pass();
            }
            long answers = System.nanoTime();
            outage.awaitShared();
            long back = System.nanoTime();
            Duration took = Duration.ofNanos(back - answers);
            Duration held = stall.between(answers, back);
            System.out.printf(
                    "DeadStoreTest: shared again %d ms after %d s, of which the machine took %d ms%n",
                    took.toMillis(), seconds, held.toMillis());
            assertThat(took.minus(held)).isLessThanOrEqualTo(BACK);
        }
    }
}
