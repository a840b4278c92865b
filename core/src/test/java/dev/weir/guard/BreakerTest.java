// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
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

    /** Whoever opens or closes it is told so once, or a change of state would be told twice or never. */
    @Test
    void failuresAndHeartbeatsOfManyThreads_areToldOnceEach() throws InterruptedException {
        AtomicInteger opened = new AtomicInteger();
        AtomicInteger closed = new AtomicInteger();
        CyclicBarrier start = new CyclicBarrier(4);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(new Thread(() -> {
                await(start);
                for (int turn = 0; turn < 1_000_000; turn++) {
                    if (breaker.failed()) {
                        opened.incrementAndGet();
                    }
                    if (breaker.close()) {
                        closed.incrementAndGet();
                    }
                }
            }));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(opened.get()).isPositive().isEqualTo(closed.get() + (breaker.isOpen() ? 1 : 0));
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
