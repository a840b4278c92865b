// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.plan.FailurePolicy;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How a request ends of which a store has decided only a part, and what can go wrong by then. */
class PartlySettledTest extends PartlyReached {

    @Test
    void answer_isSettledWhereItWasLookedAt() {
        Decision decision = charge(
                item("far", FailurePolicy.LOCAL, Action.LOOK, LIMIT),
                item("near", FailurePolicy.LOCAL, Action.LOOK, LIMIT),
                item("near-shadow", FailurePolicy.LOCAL, Action.GLANCE, LIMIT));
        List<String> inStore = new ArrayList<>();
        shared.answer = charge -> {
            charge.items().forEach(item -> {
                inStore.add(item.action() + " " + item.rule());
                item.report(0, 11, 0, 1);
            });
            charge.decide(Outcome.ADMITTED);
        };
        memory.answer("far", item -> item.report(0, 3, 0, 1));
        assertThat(gate.complete(decision, 401)).isTrue();
        assertThat(inStore).containsExactly("SETTLE near", "WATCH near-shadow");
        assertThat(memory.lastCharge()).containsExactly("SETTLE BUCKET far of user fred cost 1 limit 6");
        assertThat(rates(decision)).containsExactly("far 3 of 6", "near 11 of 20");
    }

    @Test
    void answerThatTheStoreTakesInPart_isSettledHereByTheLocalRulesOfTheRest() {
        shared.revive();
        Decision decision = gate.charge(Charge.of(
                item("far-local", FailurePolicy.LOCAL, Action.LOOK, LIMIT),
                item("near", FailurePolicy.LOCAL, Action.LOOK, LIMIT),
                item("far-closed", FailurePolicy.CLOSED, Action.LOOK, LIMIT)));
        assertThat(decision.isDegraded()).isFalse();
        losePlace();
        assertThat(gate.complete(decision, 401)).as("the headers have changed").isTrue();
        assertThat(memory.lastCharge()).containsExactly("SETTLE BUCKET far-local of user fred cost 1 limit 6");
        assertThat(rates(decision)).containsExactly("far-local 0 of 20", "near 19 of 20", "far-closed 0 of 20");
        assertThat(undone).isZero();
    }

    @Test
    void answerOfWhichTheStoreTakesNothing_changesNoHeaders() {
        shared.revive();
        Decision decision = gate.charge(Charge.of(item("far", FailurePolicy.LOCAL, Action.LOOK, LIMIT)));
        losePlace();
        assertThat(gate.complete(decision, 401)).isFalse();
        assertThat(memory.charges).hasSize(1);
    }

    @Test
    void undoThatThrows_isComplainedOf_andTheLeasesAreBack() {
        undo = () -> {
            throw new IllegalStateException("must not throw");
        };
        List<String> logged = logged(() -> {
            Decision decision = charge(lease("near-lease"), take("far", FailurePolicy.CLOSED));
            assertThat(decision.status()).isEqualTo(Decision.Status.UNAVAILABLE);
        });
        assertThat(released).containsExactly("near-lease");
        assertThat(logged).contains("The store failed; the rules' on-failure decides.");
    }

    @Test
    void jvmThatFailsHere_leavesNothingTaken() {
        memory.fail(charge -> {
            throw new OutOfMemoryError("not really");
        });
        assertThatThrownBy(() -> charge(near(), lease("near-lease"), take("far", FailurePolicy.LOCAL)))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(undone).isEqualTo(1);
        assertThat(released).containsExactly("near-lease");
        assertThat(gate.inFlight()).isZero();
    }

    /** No breaker opens of which one line would tell. */
    @Test
    void partThatIsGone_isComplainedOfOnceAMinute() {
        List<String> logged = logged(() -> {
            charge(near(), take("far", FailurePolicy.OPEN));
            charge(near(), take("far", FailurePolicy.OPEN));
            shared.answer = charge -> charge.failAside(Outcome.PERHAPS_SENT, new IllegalStateException("gone"));
            gate.charge(Charge.of(near()));
            time.advance(Duration.ofMinutes(1));
            gate.charge(Charge.of(near()));
        });
        String line = "A part of the store does not answer; the rules' on-failure decides about what is kept there.";
        assertThat(logged).containsExactly(line, line + " (2 more since the last such line)");
    }

    @Test
    void placeOfAllItems_failsAsAWholeStoreDoes() {
        for (Outcome how : List.of(Outcome.NOT_SENT, Outcome.PERHAPS_SENT)) {
            shared.answer = charge -> charge.failAside(how, new IllegalStateException("gone"));
            assertThat(gate.charge(Charge.of(near())).status()).isEqualTo(Decision.Status.UNAVAILABLE);
            assertThat(rates(gate.charge(Charge.of(take("far", FailurePolicy.LOCAL)))))
                    .containsExactly("far 5 of 6");
        }
        assertThat(guard.answers()).isTrue();
        assertThat(gate.degraded()).isEqualTo(4);
    }
}
