// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.guard.FakeShared;
import dev.weir.guard.GuardedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One log line and one event for each change, whatever listeners and executors do. */
class StoreStatesTest {

    private final FakeTime time = new FakeTime();
    private final List<String> told = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private final LogLines log = new LogLines();
    private final long[] degraded = {0};
    private final StoreStates states = new StoreStates(
            time,
            List.of(
                    new RateLimitListener() {
                        @Override
                        public void onDecision(RateLimitEvent event) {}

                        @Override
                        public void onStoreState(StoreStateEvent event) {
                            throw new IllegalStateException("a listener must not throw");
                        }
                    },
                    new RateLimitListener() {
                        @Override
                        public void onDecision(RateLimitEvent event) {}

                        @Override
                        public void onStoreState(StoreStateEvent event) {
                            told.add(event.answers() + " " + event.instances() + " " + event.share());
                        }
                    }),
            waiting::add,
            new Complaints(time));

    @BeforeEach
    void count() {
        states.count(() -> degraded[0]);
    }

    @AfterEach
    void stop() {
        log.close();
    }

    private void watch(int instances) {
        states.watch(new GuardedStore(new FakeShared(), time, instances, states));
    }

    private void work() {
        while (!waiting.isEmpty()) {
            waiting.remove(0).run();
        }
    }

    @Test
    void eachChange_isOneLine() {
        watch(3);
        states.changed(false, new IllegalStateException("refused\nby peer"));
        degraded[0] = 1234;
        time.advance(Duration.ofMillis(61_042));
        states.changed(true, null);
        assertThat(log.records())
                .extracting(LogRecord::getMessage)
                .containsExactly(
                        "The shared store does not answer. Until it does, each rule's on-failure decides; local rules"
                                + " go on in memory with 1/3 of their limits.",
                        "The shared store answers again after 61.042 s; 1234 decisions were made without it.");
        assertThat(log.records().get(0).getLevel().getName()).isEqualTo("WARNING");
        assertThat(log.records().get(0).getThrown()).hasMessageContaining("refused\\u000aby peer");
        assertThat(log.records().get(1).getLevel().getName()).isEqualTo("INFO");
    }

    @Test
    void numberOfInstancesThatNobodyKnows_isSaid() {
        watch(0);
        states.changed(false, null);
        assertThat(log.records())
                .singleElement()
                .extracting(LogRecord::getMessage)
                .asString()
                .contains("with the whole of their limits.")
                .contains("is not known");
    }

    @Test
    void listeners_areToldInOrder_offTheThreadThatHasNoticed() {
        watch(4);
        states.changed(false, null);
        states.changed(true, null);
        assertThat(told).isEmpty();
        assertThat(waiting).hasSize(1);
        work();
        assertThat(told).containsExactly("false 4 0.25", "true 4 1.0");
        states.changed(false, null);
        work();
        assertThat(told).hasSize(3);
    }

    @Test
    void eventsThatNobodyTakes_areBounded() {
        watch(1);
        for (int i = 0; i < 10_000; i++) {
            states.changed(i % 2 == 0, null);
        }
        assertThat(waiting).hasSize(1);
        work();
        assertThat(told).hasSize(100);
    }
}
