// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.FailurePolicy;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What rules of different policies do where a store reaches some items of a charge and not others. */
class PartlyDecidedTest extends PartlyReached {

    @Test
    void closedRuleOutOfReach_refuses_andAllIsGivenBack() {
        Decision decision = charge(near(), lease("near-lease"), take("far", FailurePolicy.CLOSED), lease("far-lease"));
        assertThat(decision.status()).isEqualTo(Decision.Status.UNAVAILABLE);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(decision.retryAfterSeconds()).isEqualTo(1);
        assertThat(undone).isEqualTo(1);
        assertThat(released).containsExactly("near-lease");
        assertThat(memory.charges).isEmpty();
        assertThat(gate.inFlight()).isZero();
        assertThat(gate.degraded()).isEqualTo(1);
        gate.complete(decision, 401);
        assertThat(released).hasSize(1);
        assertThat(undone).isEqualTo(1);
    }

    /** Whoever asked cannot know whether he held it before; that is for the store to know. */
    @Test
    void leaseWithAnIdOfTheCallers_isLeftToTheStoresUndo() {
        ChargeItem named = lease("near-lease").template().namedItem(null, Key.of(Scope.USER, "fred"), "svc");
        charge(named, take("far", FailurePolicy.CLOSED));
        assertThat(undone).isEqualTo(1);
        assertThat(released).isEmpty();
    }

    @Test
    void closedShadowOutOfReach_isLeftOut() {
        Decision decision = charge(near(), item("far", FailurePolicy.CLOSED, Action.WATCH, LIMIT));
        assertThat(decision.status()).isEqualTo(Decision.Status.ADMITTED);
        assertThat(rates(decision)).containsExactly("near 19 of 20");
        assertThat(undone).isZero();
    }

    @Test
    void closedRuleThatWasReached_refusesNothing() {
        assertThat(charge(near(), take("far", FailurePolicy.OPEN)).status()).isEqualTo(Decision.Status.ADMITTED);
    }

    @Test
    void openRulesOutOfReach_areLeftOut() {
        Decision decision = charge(near(), take("far", FailurePolicy.OPEN), lease("near-lease"));
        assertThat(decision.status()).isEqualTo(Decision.Status.ADMITTED);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(rates(decision)).containsExactly("near 19 of 20");
        assertThat(memory.charges).isEmpty();
        assertThat(gate.degraded()).isEqualTo(1);
        assertThat(gate.inFlight()).isEqualTo(1);
        gate.complete(decision, 200);
        assertThat(gate.inFlight()).isZero();
        assertThat(released).containsExactly("near-lease");
        assertThat(undone).isZero();
    }

    @Test
    void localRulesOutOfReach_goOnHere_inTheOrderOfTheFile() {
        Decision decision = charge(
                take("far-one", FailurePolicy.LOCAL),
                near(),
                take("far-open", FailurePolicy.OPEN),
                take("far-two", FailurePolicy.LOCAL),
                take("near-local", FailurePolicy.LOCAL));
        assertThat(decision.status()).isEqualTo(Decision.Status.ADMITTED);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(rates(decision))
                .containsExactly("far-one 5 of 6", "near 19 of 20", "far-two 5 of 6", "near-local 19 of 20");
        assertThat(memory.lastCharge())
                .containsExactly(
                        "TAKE BUCKET far-one of user fred cost 1 limit 6",
                        "TAKE BUCKET far-two of user fred cost 1 limit 6");
        assertThat(undone).isZero();
    }

    @Test
    void localRuleThatRefuses_givesTheOthersBack_andIsAloneInTheAnswer() {
        refuseHere("far");
        Decision decision = charge(near(), lease("near-lease"), take("far", FailurePolicy.LOCAL), lease("far-lease"));
        assertThat(decision.status()).isEqualTo(Decision.Status.REFUSED);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(decision.refusingRules()).containsExactly("far");
        assertThat(decision.retryAfter()).hasValue(Duration.ofSeconds(9));
        assertThat(rates(decision))
                .as("numbers of what was given back are those of before")
                .containsExactly("far 0 of 6");
        assertThat(decision.tightest().orElseThrow().limit()).isEqualTo(6);
        assertThat(undone).isEqualTo(1);
        assertThat(released).containsExactly("near-lease");
        assertThat(memory.released).isEmpty();
        assertThat(gate.inFlight()).isZero();
        assertThat(gate.degraded()).isEqualTo(1);
        gate.complete(decision, 429);
        assertThat(released).hasSize(1);
    }

    @Test
    void localRuleThatNeverCanPass_givesTheOthersBack() {
        memory.answer("far", item -> item.verdict(Verdict.IMPOSSIBLE));
        Decision decision = charge(near(), take("far", FailurePolicy.LOCAL));
        assertThat(decision.status()).isEqualTo(Decision.Status.IMPOSSIBLE);
        assertThat(decision.retryAfter()).isEmpty();
        assertThat(undone).isEqualTo(1);
    }

    /** What a shadow rule took, and what was only looked at, is true still. */
    @Test
    void shadowsAndLooksOfTheStore_keepTheirPlaceInARefusal() {
        refuseHere("far");
        losePlace();
        ChargeItem shadow = item("near-shadow", FailurePolicy.LOCAL, Action.WATCH, LIMIT);
        var reaching = shared.answer;
        shared.answer = charge -> {
            reaching.accept(charge);
            shadow.verdict(Verdict.REFUSED);
        };
        Decision decision = gate.charge(Charge.of(
                shadow, item("near-look", FailurePolicy.LOCAL, Action.LOOK, LIMIT), take("far", FailurePolicy.LOCAL)));
        assertThat(decision.shadowRefusals()).containsExactly("near-shadow");
        assertThat(rates(decision)).containsExactly("near-look 19 of 20", "far 0 of 6");
    }

    @Test
    void shadowThatRefusesHere_refusesNothing() {
        refuseHere("far");
        Decision decision = charge(near(), item("far", FailurePolicy.LOCAL, Action.WATCH, LIMIT));
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(decision.shadowRefusals()).containsExactly("far");
        assertThat(undone).isZero();
    }

    @Test
    void memoryThatFails_isLikeOpen() {
        memory.fail(charge -> charge.fail(Outcome.NOT_SENT, null));
        Decision decision = charge(near(), take("far", FailurePolicy.LOCAL));
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(rates(decision)).containsExactly("near 19 of 20");
        assertThat(undone).isZero();
    }

    @Test
    void withoutMemory_localIsLikeOpen() {
        losePlace();
        StoreGate without = new StoreGate(guard, null, Duration.ofMillis(25), new Complaints(time));
        Decision decision = without.charge(Charge.of(near(), take("far", FailurePolicy.LOCAL)));
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(rates(decision)).containsExactly("near 19 of 20");
    }

    @Test
    void leasesOfBothPlaces_areReleasedOnce() {
        Decision decision = charge(lease("near-lease"), lease("far-lease"));
        assertThat(gate.inFlight()).isEqualTo(1);
        shared.revive();
        gate.complete(decision, 200);
        assertThat(gate.inFlight()).isZero();
        assertThat(released).containsExactly("near-lease");
        assertThat(memory.released).containsExactly("LEASE far-lease of user fred");
    }

    @Test
    void look_takesNothing_andIsNotCounted() {
        losePlace();
        refuseHere("far");
        Decision decision = gate.look(Charge.of(
                item("near", FailurePolicy.LOCAL, Action.LOOK, LIMIT),
                item("far", FailurePolicy.LOCAL, Action.LOOK, LIMIT)));
        assertThat(decision.status()).isEqualTo(Decision.Status.REFUSED);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(rates(decision)).containsExactly("near 19 of 20", "far 0 of 6");
        assertThat(memory.lastCharge()).containsExactly("LOOK BUCKET far of user fred cost 1 limit 6");
        assertThat(gate.degraded()).isZero();
        assertThat(gate.look(Charge.of(near(), item("far", FailurePolicy.CLOSED, Action.LOOK, LIMIT)))
                        .status())
                .isEqualTo(Decision.Status.UNAVAILABLE);
    }

    @Test
    void gateThatDecidesAll_goesTheSameWay() {
        losePlace();
        refuseHere("far");
        Decision decision = gate.decidingAll().charge(Charge.of(near(), take("far", FailurePolicy.LOCAL)));
        assertThat(decision.refusingRules()).containsExactly("far");
        assertThat(undone).isEqualTo(1);
    }
}
