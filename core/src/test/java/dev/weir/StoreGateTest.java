// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.guard.FakeShared;
import dev.weir.guard.GuardedStore;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemTemplate;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What rules of different policies do when a shared store does not answer. */
class StoreGateTest {

    private static final Limit LIMIT =
            new BucketLimit(List.of(new Rate(20, Duration.ofMinutes(1).toNanos(), 20)), 0);

    private final FakeTime time = new FakeTime();
    private final FakeShared shared = new FakeShared();
    private final FakeStore memory = new FakeStore();
    private final GuardedStore guard = new GuardedStore(shared, time, 0, (answers, cause) -> {});
    private final StoreGate gate =
            new StoreGate(guard, new LocalShare(memory, () -> 3), Duration.ofMillis(25), new Complaints(time));

    @BeforeEach
    void die() {
        shared.die();
    }

    @AfterEach
    void close() {
        guard.close();
    }

    private static ChargeItem item(FailurePolicy policy, Action action) {
        return item(policy, action, LIMIT);
    }

    private static ChargeItem item(FailurePolicy policy, Action action, Limit limit) {
        String name = policy.name().toLowerCase(Locale.ROOT);
        Rule rule = Rule.named(name)
                .rate("requests")
                .count(action == Action.LOOK ? Set.of(401) : Set.of())
                .onFailure(policy)
                .build();
        return new ItemTemplate(action, limit, name, 1)
                .tagged(new ItemTag(rule, limit, 0))
                .item(null, Key.of(Scope.USER, "fred"));
    }

    private static ChargeItem local() {
        return item(FailurePolicy.LOCAL, Action.TAKE);
    }

    private static ChargeItem open() {
        return item(FailurePolicy.OPEN, Action.TAKE);
    }

    private static ChargeItem closed() {
        return item(FailurePolicy.CLOSED, Action.TAKE);
    }

    private Decision charge(ChargeItem... items) {
        return gate.charge(Charge.of(items));
    }

    @Test
    void anyClosedRule_refusesAndChargesNothing() {
        Decision decision = charge(local(), open(), closed());
        assertThat(decision.status()).isEqualTo(Decision.Status.UNAVAILABLE);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(memory.charges).isEmpty();
    }

    @Test
    void closedShadow_closesNothing_andIsLeftOut() {
        Decision decision = charge(item(FailurePolicy.CLOSED, Action.WATCH), local());
        assertThat(decision.status()).isEqualTo(Decision.Status.ADMITTED);
        assertThat(memory.lastCharge()).containsExactly("TAKE BUCKET local of user fred cost 1 limit 6");
    }

    @Test
    void openRules_areLeftOut() {
        Decision decision = charge(open(), local());
        assertThat(decision.status()).isEqualTo(Decision.Status.ADMITTED);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(decision.rates()).singleElement().satisfies(rate -> {
            assertThat(rate.rule()).isEqualTo("local");
            assertThat(rate.limit()).isEqualTo(6);
            assertThat(rate.remaining()).isEqualTo(5);
        });
        assertThat(memory.lastCharge()).containsExactly("TAKE BUCKET local of user fred cost 1 limit 6");
    }

    @Test
    void openRulesAlone_passUncounted() {
        Decision decision = charge(open());
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(decision.isDegraded()).isTrue();
        assertThat(decision.rates()).isEmpty();
        assertThat(memory.charges).isEmpty();
    }

    @Test
    void localRules_areChargedTogetherAndRefuse() {
        memory.answer("local", item -> {
            if (item.action() == Action.TAKE) {
                item.verdict(Verdict.REFUSED);
                item.report(0, 0, 9_000_000_000L, 54_000_000_000L);
            }
        });
        Decision decision = charge(local(), item(FailurePolicy.LOCAL, Action.TAKE, new LeaseLimit(7, 0)));
        assertThat(decision.status()).isEqualTo(Decision.Status.REFUSED);
        assertThat(decision.isDegraded()).isTrue();
        assertThat(decision.retryAfter()).hasValue(Duration.ofSeconds(9));
        assertThat(memory.lastCharge())
                .containsExactly(
                        "TAKE BUCKET local of user fred cost 1 limit 6",
                        "TAKE LEASE local of user fred cost 1 limit 2");
    }

    @Test
    void leasesTakenHere_areReleasedHere() {
        Decision decision = charge(item(FailurePolicy.LOCAL, Action.TAKE, new LeaseLimit(7, 0)));
        assertThat(gate.inFlight()).isEqualTo(1);
        shared.revive();
        gate.complete(decision, 200);
        assertThat(gate.inFlight()).isZero();
        assertThat(memory.released).hasSize(1);
    }

    @Test
    void failureThatMayHaveBeenCharged_goesTheSameWay() {
        for (Outcome how : List.of(Outcome.NOT_SENT, Outcome.PERHAPS_SENT)) {
            shared.answer = charge -> charge.fail(how, null);
            assertThat(charge(local()).rates()).hasSize(1);
            assertThat(charge(local(), closed()).status()).isEqualTo(Decision.Status.UNAVAILABLE);
        }
        shared.answer = charge -> {
            throw new IllegalStateException("a store must not throw");
        };
        assertThat(charge(local()).rates()).hasSize(1);
    }

    /** A shared store that is out of reach is told of once; one that throws is out of order, as any port would be. */
    @Test
    void storeThatThrows_isComplainedOf_oneThatDoesNotAnswerIsNot() {
        try (LogLines log = new LogLines()) {
            charge(local());
            assertThat(log.messages()).isEmpty();
            shared.answer = charge -> {
                throw new IllegalStateException("a store must not throw");
            };
            charge(local());
            charge(local());
            assertThat(log.messages()).containsExactly("The store failed; the rules' on-failure decides.");
        }
    }

    @Test
    void look_takesNothingHereEither() {
        Decision decision = gate.look(Charge.of(item(FailurePolicy.LOCAL, Action.LOOK)));
        assertThat(decision.isDegraded()).isTrue();
        assertThat(memory.lastCharge()).containsExactly("LOOK BUCKET local of user fred cost 1 limit 6");
        assertThat(gate.degraded()).as("decisions").isZero();
    }

    @Test
    void answerOfARequestThatWasDecidedHere_isSettledHere() {
        Decision decision = charge(item(FailurePolicy.LOCAL, Action.LOOK));
        shared.revive();
        int before = shared.charges.get();
        assertThat(gate.complete(decision, 401)).isTrue();
        assertThat(memory.lastCharge()).containsExactly("SETTLE BUCKET local of user fred cost 1 limit 6");
        assertThat(shared.charges).hasValue(before);
    }

    @Test
    void answerThatTheStoreDoesNotTake_isSettledHereByTheLocalRules() {
        shared.revive();
        Decision decision = charge(
                item(FailurePolicy.LOCAL, Action.LOOK),
                item(FailurePolicy.OPEN, Action.LOOK),
                item(FailurePolicy.CLOSED, Action.LOOK));
        assertThat(decision.isDegraded()).isFalse();
        shared.die();
        assertThat(gate.complete(decision, 401)).as("the headers have changed").isFalse();
        assertThat(memory.lastCharge()).containsExactly("SETTLE BUCKET local of user fred cost 1 limit 6");
        assertThat(decision.rates().get(0).limit()).isEqualTo(20);
    }

    @Test
    void degradedDecisions_areCounted() {
        charge(local());
        charge(open());
        charge(closed());
        assertThat(gate.degraded()).isEqualTo(3);
        shared.revive();
        charge(local());
        assertThat(gate.degraded()).isEqualTo(3);
    }

    @Test
    void refill_reachesBoth() {
        gate.refill(local().plain());
        assertThat(shared.administered).hasSize(1);
        assertThat(memory.refilled).hasSize(1);
    }
}
