// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Complaints.Matter;
import dev.weir.identity.Identity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slow listeners behind a queue, and log lines that cannot flood. */
class QueuedListenerTest {

    private final FakeTime time = new FakeTime();
    private final Complaints complaints = new Complaints(time);
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final LogLines log = new LogLines();

    @AfterEach
    void stopListening() {
        log.close();
    }

    private static RateLimitEvent event(int number) {
        return new RateLimitEvent(java.time.Instant.EPOCH, "GET", "/" + number, Identity.unknown(), Decision.exempt());
    }

    private QueuedListener queued(int capacity) {
        return new QueuedListener(event -> told.add(event.path()), capacity, waiting::add, complaints);
    }

    private void work() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    @Test
    void events_areToldLaterAndInOrder() {
        QueuedListener queued = queued(1000);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            queued.onDecision(event(i));
            expected.add("/" + i);
        }
        assertThat(told).isEmpty();
        assertThat(waiting).as("one task at a time").hasSize(1);
        waiting.remove().run();
        assertThat(told).as("a batch, so that others get their turn").hasSize(100);
        work();
        assertThat(told).isEqualTo(expected);
    }

    @Test
    void fullQueue_dropsTheNewest_andSaysSoOnceAMinute() {
        QueuedListener queued = queued(3);
        for (int i = 0; i < 10; i++) {
            queued.onDecision(event(i));
        }
        work();
        assertThat(told).containsExactly("/0", "/1", "/2");
        assertThat(log.messages()).containsExactly("A queued RateLimitListener is too slow; events are left out.");
        queued.onDecision(event(11));
        work();
        assertThat(told).endsWith("/11");
    }

    @Test
    void listenerThatThrows_isToldTheNextAllTheSame() {
        QueuedListener queued = new QueuedListener(
                event -> {
                    told.add(event.path());
                    throw new IllegalStateException("evil\nline");
                },
                5,
                waiting::add,
                complaints);
        queued.onDecision(event(1));
        queued.onDecision(event(2));
        work();
        assertThat(told).containsExactly("/1", "/2");
        assertThat(log.records())
                .singleElement()
                .satisfies(line -> assertThat(line.getThrown())
                        .hasMessageEndingWith("java.lang.IllegalStateException: evil\\u000aline"));
    }

    @Test
    void directExecutor_tellsAtOnce() {
        QueuedListener queued = new QueuedListener(e -> told.add(e.path()), 1, Runnable::run, complaints);
        queued.onDecision(event(1));
        queued.onDecision(event(2));
        assertThat(told).containsExactly("/1", "/2");
    }

    @Test
    void complaints_speakOnceAMinuteAndCountTheOthers() {
        for (int i = 0; i < 5; i++) {
            complaints.about(Matter.STORE, null);
            complaints.about(Matter.SHADOW, "rule x", null);
        }
        assertThat(log.messages()).hasSize(2).contains("A rule in shadow mode would have refused a request: rule x");
        time.advance(Duration.ofSeconds(60).minusNanos(1));
        complaints.about(Matter.STORE, null);
        assertThat(log.messages()).hasSize(2);
        time.advance(Duration.ofNanos(1));
        complaints.about(Matter.STORE, null);
        assertThat(log.messages().get(2))
                .isEqualTo("The store failed; the rules' on-failure decides. (5 more since the last such line)");
    }

    @Test
    void thrownText_isEscapedAndBounded() {
        Exception cyclic = new IllegalStateException("a\r\n\u001b[31m\u2028" + "x".repeat(5000)) {
            @Override
            public synchronized Throwable getCause() {
                return this;
            }
        };
        String text = SafeThrowable.of(cyclic).getMessage();
        assertThat(text).contains("a\\u000d\\u000a\\u001b[31m\\u2028").hasSizeLessThan(600);
        assertThat(SafeThrowable.of(null)).isNull();
        Exception silent = new IllegalStateException() {
            @Override
            public String getMessage() {
                throw new IllegalArgumentException();
            }
        };
        assertThat(SafeThrowable.of(silent).getMessage()).contains("QueuedListenerTest");
    }
}
