// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BreakerTest {

    private final Breaker breaker = new Breaker();

    /** F for a failure, anything else for a success; answers at which of them it opened, -1 if at none. */
    private int opensAt(String results) {
        for (int i = 0; i < results.length(); i++) {
            if (results.charAt(i) != 'F') {
                breaker.succeeded();
            } else if (breaker.failed()) {
                return i;
            }
        }
        return -1;
    }

    @Test
    void fiveFailuresInARow_open() {
        assertThat(opensAt("FFFF")).isEqualTo(-1);
        assertThat(breaker.isOpen()).isFalse();
        assertThat(opensAt("F")).isZero();
        assertThat(breaker.isOpen()).isTrue();
    }

    @Test
    void oneSuccess_endsTheRow() {
        assertThat(opensAt("FFFF.FFFF..")).isEqualTo(-1);
    }

    @Test
    void tenOfTheLastTwenty_open() {
        assertThat(opensAt("F.F.F.F.F.F.F.F.F.F")).isEqualTo(18);
    }

    @Test
    void nineOfTheLastTwenty_doNot() {
        assertThat(opensAt("F.F.F.F.F.F.F.F.F...".repeat(100))).isEqualTo(-1);
    }

    @Test
    void whatIsOlderThanTwentyResults_isForgotten() {
        assertThat(opensAt("F.F.F.F.F.F.F.F.F." + ".".repeat(20) + "FFFF")).isEqualTo(-1);
    }

    @Test
    void openBreaker_isClosedByAHeartbeatOnly() {
        opensAt("FFFFF");
        assertThat(opensAt(".".repeat(100) + "FFFFFF")).isEqualTo(-1);
        assertThat(breaker.isOpen()).isTrue();
        assertThat(breaker.close()).isTrue();
        assertThat(breaker.close()).isFalse();
        assertThat(breaker.isOpen()).isFalse();
    }

    @Test
    void closedBreaker_remembersNothingOfBefore() {
        opensAt("F.F.F.F.F.F.F.F.F.F");
        breaker.close();
        assertThat(opensAt("FFFF")).isEqualTo(-1);
    }

    @Test
    void open_opensOnce() {
        assertThat(breaker.open()).isTrue();
        assertThat(breaker.open()).isFalse();
        assertThat(breaker.failed()).isFalse();
    }

    @Test
    void shutBreaker_staysOpen() {
        breaker.shut();
        assertThat(breaker.close()).isFalse();
        assertThat(breaker.open()).isFalse();
        assertThat(breaker.isOpen()).isTrue();
    }

    /** Each of many threads fails once: five of them are enough, and one is told. */
    @Test
    void failuresOfManyThreads_openOnce() throws InterruptedException {
        for (int round = 0; round < 200; round++) {
            Breaker shared = new Breaker();
            AtomicInteger openers = new AtomicInteger();
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                threads.add(new Thread(() -> {
                    await(go);
                    if (shared.failed()) {
                        openers.incrementAndGet();
                    }
                }));
            }
            threads.forEach(Thread::start);
            go.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(shared.isOpen()).isTrue();
            assertThat(openers).hasValue(1);
        }
    }

    private static void await(CountDownLatch go) {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
