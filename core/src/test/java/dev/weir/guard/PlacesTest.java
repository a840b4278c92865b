// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.FakeTime;
import dev.weir.store.Charge;
import dev.weir.store.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the breaker makes of a store that keeps its items in several places, of which some are gone. */
class PlacesTest {

    private static final long DEADLINE = Duration.ofMillis(25).toNanos();

    private final FakeShared shared = new FakeShared();
    private final List<String> told = new ArrayList<>();
    private final GuardedStore guard = new GuardedStore(
            shared,
            new FakeTime(),
            0,
            (answers, cause) -> told.add(answers + (cause == null ? "" : " " + cause.getMessage())));

    @AfterEach
    void close() {
        guard.close();
    }

    private Outcome charge() {
        Charge charge = Charge.of(Items.take("fred"));
        guard.charge(charge, DEADLINE);
        return charge.outcome();
    }

    @Test
    void storeThatIsReachedInPart_answers_andIsCounted() {
        shared.answer = FakeShared.reachingAllBut(item -> true, () -> {});
        for (int i = 0; i < 100; i++) {
            assertThat(charge()).isEqualTo(Outcome.ADMITTED);
        }
        assertThat(guard.answers()).isTrue();
        assertThat(guard.failures()).isEqualTo(100);
        assertThat(told).isEmpty();
    }

    /** Four in a row that fail, one that is reached in part, four that fail: neither five in a row nor ten of twenty. */
    @Test
    void chargeThatIsReachedInPart_breaksARow() {
        for (int i = 0; i < 9; i++) {
            shared.answer = i == 4 ? FakeShared.reachingAllBut(item -> true, () -> {}) : FakeShared::fail;
            charge();
        }
        assertThat(guard.answers()).isTrue();
        charge();
        assertThat(guard.answers()).isFalse();
    }

    @Test
    void placeThatIsGone_isCounted_andOpensNoBreaker() {
        Exception why = new IllegalStateException("one place is gone");
        for (Outcome how : List.of(Outcome.NOT_SENT, Outcome.PERHAPS_SENT)) {
            shared.answer = charge -> charge.failAside(how, why);
            for (int i = 0; i < 100; i++) {
                assertThat(charge()).isEqualTo(how);
            }
        }
        assertThat(guard.answers()).isTrue();
        assertThat(guard.failures()).isEqualTo(200);
        assertThat(told).isEmpty();
    }

    /** Where one place fails aside and another takes the whole store with it, the second must not hide behind the first. */
    @Test
    void placeThatIsGone_countsAsNoSuccessEither() {
        for (int i = 0; i < 10; i++) {
            shared.answer = i % 2 == 0
                    ? FakeShared::fail
                    : charge -> charge.failAside(Outcome.NOT_SENT, new IllegalStateException("aside"));
            charge();
        }
        assertThat(guard.answers()).isFalse();
        assertThat(told).containsExactly("false no answer");
    }
}
