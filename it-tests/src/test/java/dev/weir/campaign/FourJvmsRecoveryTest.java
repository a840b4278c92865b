// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four JVMs that lose Redis together come back to it one after the other, and without a storm. */
@Tag("heavy")
class FourJvmsRecoveryTest {

    private static final int INSTANCES = 4;
    private static final int SECONDS = 10;
    private static final int OUTAGES = 7;
    private static final Duration OUTAGE = Duration.ofSeconds(2);
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** A handshake that nobody answers is given up after a second, and only then comes the next. */
    private static final int MOST_TRIES = SECONDS + 1;

    /** Each looks every quarter of a second, or a little earlier or later; so those who look at any time are further apart. */
    private static final Duration APART = Duration.ofMillis(50);

    @TempDir
    Path folder;

    private static void pause(Duration length) {
        long end = System.nanoTime() + length.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    /** A hole takes connections and says nothing: whoever opened another while one is under way would have many by now. */
    @Test
    void jvms_haveOneConnectionUnderWayEach_andComeBackOneByOne() throws Exception {
        long origin = System.nanoTime();
        try (Site site = new Site(origin, 1);
                Fleet fleet = new Fleet(folder)) {
            fleet.start(new Instance.Task(site.proxy().uri(), origin, 1, folder, 0, INSTANCES, Mutant.NONE));
            fleet.tell("go");
            await().atMost(PATIENCE).until(() -> site.proxy().open() == INSTANCES);
            long before = site.proxy().accepted();
            site.proxy().blackhole();
            site.proxy().cut();
            assertThat(mostSockets(site, fleet))
                    .as("the most sockets that each held")
                    .containsOnly(1);
            long tries = site.proxy().accepted() - before;
            assertThat(tries).as("tries").isBetween((long) INSTANCES, (long) INSTANCES * MOST_TRIES);

            List<Duration> spreads = new ArrayList<>();
            for (int i = 0; i < OUTAGES; i++) {
                site.refuse();
                pause(OUTAGE);
                List<Duration> came = comeBack(site);
                spreads.add(came.get(INSTANCES - 1).minus(came.get(0)));
                System.out.printf("FourJvmsRecoveryTest: back after %s%n", came);
                assertThat(site.proxy().open()).isEqualTo(INSTANCES);
            }
            System.out.printf("FourJvmsRecoveryTest: %d tries in %d s; apart %s%n", tries, SECONDS, spreads);
            Collections.sort(spreads);
            assertThat(spreads.get(OUTAGES / 2))
                    .as("from the first to the last who came back, the middle of %s", spreads)
                    .isGreaterThan(APART);
            fleet.end();
        }
    }

    /** The most that each process held at a time, while nothing is answered. */
    private static List<Integer> mostSockets(Site site, Fleet fleet) throws Exception {
        List<Integer> most = new ArrayList<>(Collections.nCopies(INSTANCES, 0));
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < Duration.ofSeconds(SECONDS).toNanos()) {
            for (int i = 0; i < INSTANCES; i++) {
                most.set(
                        i,
                        Math.max(
                                most.get(i),
                                Sockets.to(site.proxy().port(), fleet.pids().get(i))));
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        return most;
    }

    /** When each connection was made, from the moment on from which that was possible. */
    private static List<Duration> comeBack(Site site) throws Exception {
        List<Duration> came = new ArrayList<>();
        long before = site.proxy().accepted();
        long begin = System.nanoTime();
        site.proxy().pass();
        while (System.nanoTime() - begin < OUTAGE.toNanos()) {
            while (came.size() < site.proxy().accepted() - before) {
                came.add(Duration.ofNanos(System.nanoTime() - begin));
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        assertThat(came).as("connections, one for each JVM").hasSize(INSTANCES);
        return came;
    }
}
