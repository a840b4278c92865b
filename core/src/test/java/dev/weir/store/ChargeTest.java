// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChargeTest {

    private static final Key CAROL = Key.of(Scope.USER, "carol");
    private static final Limit THREE_RATES =
            new BucketLimit(List.of(new Rate(1, 100, 1), new Rate(2, 200, 2), new Rate(3, 300, 3)), 0);

    private static ChargeItem item(Action action, Limit limit) {
        return new ChargeItem(action, limit, "api", null, CAROL, 1);
    }

    private static ChargeItem item(String actionAndVerdict) {
        String[] parts = actionAndVerdict.split("-", -1);
        ChargeItem item = item(Action.valueOf(parts[0]), THREE_RATES);
        item.verdict(Verdict.valueOf(parts[1]));
        return item;
    }

    @ParameterizedTest
    @CsvSource({
        "ADMITTED, TAKE-PASSED",
        "ADMITTED, TAKE-PASSED LOOK-PASSED",
        "REFUSED, TAKE-REFUSED",
        "REFUSED, LOOK-REFUSED",
        "REFUSED, TAKE-PASSED TAKE-REFUSED TAKE-PASSED",
        "IMPOSSIBLE, TAKE-IMPOSSIBLE",
        "IMPOSSIBLE, LOOK-IMPOSSIBLE TAKE-REFUSED",
        "IMPOSSIBLE, TAKE-REFUSED TAKE-IMPOSSIBLE",
        "ADMITTED, WATCH-REFUSED",
        "ADMITTED, WATCH-IMPOSSIBLE TAKE-PASSED",
        "ADMITTED, GLANCE-REFUSED",
        "ADMITTED, GLANCE-IMPOSSIBLE",
        "ADMITTED, SETTLE-REFUSED",
        "ADMITTED, SETTLE-IMPOSSIBLE",
        "REFUSED, WATCH-IMPOSSIBLE SETTLE-IMPOSSIBLE TAKE-REFUSED"
    })
    void outcomeOfVerdicts(Outcome outcome, String items) {
        Charge charge = new Charge(0);
        for (String text : items.split(" ", -1)) {
            charge.add(item(text));
        }
        assertThat(charge.outcomeOfVerdicts()).isEqualTo(outcome);
    }

    @Test
    void charge_growsAndListsItsItems() {
        Charge charge = new Charge(0);
        assertThat(charge.outcomeOfVerdicts()).isEqualTo(Outcome.ADMITTED);
        for (int i = 0; i < 5; i++) {
            charge.add(item(Action.TAKE, new LeaseLimit(i + 1, 0)));
        }
        assertThat(charge.size()).isEqualTo(5);
        assertThat(charge.items()).hasSize(5);
        assertThat(charge.item(4).limit().capacity(0)).isEqualTo(5);
        assertThat(Charge.of(charge.item(0), charge.item(1)).items()).containsExactly(charge.item(0), charge.item(1));
        assertThatThrownBy(() -> charge.add(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void outcome_isNotSentUntilAStoreDecides() {
        Charge charge = new Charge(1);
        assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
        Exception cause = new IllegalStateException("gone");
        charge.fail(Outcome.PERHAPS_SENT, cause);
        assertThat(charge.outcome()).isEqualTo(Outcome.PERHAPS_SENT);
        assertThat(charge.cause()).isSameAs(cause);
        charge.decide(Outcome.REFUSED);
        assertThat(charge.cause()).isNull();
        for (Outcome decided : List.of(Outcome.ADMITTED, Outcome.REFUSED, Outcome.IMPOSSIBLE)) {
            assertThat(decided.decided()).isTrue();
            assertThatThrownBy(() -> charge.fail(decided, null)).hasMessageContaining("but was " + decided);
        }
        assertThat(Outcome.NOT_SENT.decided()).isFalse();
        assertThat(Outcome.PERHAPS_SENT.decided()).isFalse();
    }

    private static Charge partly(Runnable undo, Throwable why) {
        Charge charge = new Charge(2);
        charge.add(item("TAKE-PASSED"));
        charge.add(item("TAKE-UNDECIDED"));
        charge.decidePartly(undo, why);
        return charge;
    }

    @Test
    void partly_isAdmittedAsFarAsItWasReached_andUndoneOnce() {
        int[] undone = {0};
        Exception why = new IllegalStateException("one place is gone");
        Charge charge = partly(() -> undone[0]++, why);
        assertThat(charge.outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(charge.isPartly()).isTrue();
        assertThat(charge.cause()).isSameAs(why);
        assertThat(charge.failedAlone() || charge.failedAside()).isFalse();
        assertThat(undone[0]).isZero();
        charge.undo();
        charge.undo();
        assertThat(undone[0]).isEqualTo(1);
        assertThat(charge.isPartly()).isTrue();
    }

    @Test
    void undoThatThrows_isNotRunAgain() {
        int[] undone = {0};
        Charge charge = partly(
                () -> {
                    undone[0]++;
                    throw new IllegalStateException("must not throw");
                },
                new IllegalStateException());
        assertThatThrownBy(charge::undo).hasMessage("must not throw");
        charge.undo();
        assertThat(undone[0]).isEqualTo(1);
    }

    @Test
    void whatIsSaidNext_replacesPartly() {
        Exception why = new IllegalStateException("gone");
        List<Consumer<Charge>> ways = List.of(
                charge -> charge.decide(Outcome.ADMITTED),
                charge -> charge.fail(Outcome.NOT_SENT, null),
                charge -> charge.failAlone(why),
                charge -> charge.failAside(Outcome.PERHAPS_SENT, why));
        for (Consumer<Charge> way : ways) {
            Charge charge = partly(() -> fail("undone"), why);
            way.accept(charge);
            assertThat(charge.isPartly()).isFalse();
            charge.undo();
        }
    }

    @Test
    void partly_isForTheStoreToRefuseOrToDecideWhole() {
        Runnable undo = () -> fail("undone");
        Exception why = new IllegalStateException("gone");
        Charge refused = Charge.of(item("TAKE-REFUSED"));
        assertThatThrownBy(() -> refused.decidePartly(undo, why))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("an item refuses; give back what the others have taken, and decide(REFUSED)");
        Charge whole = Charge.of(item("TAKE-PASSED"));
        assertThatThrownBy(() -> whole.decidePartly(undo, why))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "no item is UNDECIDED; write that into each that could not be reached, or decide(ADMITTED)");
        assertThatThrownBy(() -> partly(null, why)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> partly(undo, null)).isInstanceOf(NullPointerException.class);
        assertThat(whole.outcome()).isEqualTo(Outcome.NOT_SENT);
    }

    @Test
    void failures_tellHowFarTheyReach() {
        Charge charge = new Charge(1);
        Exception why = new IllegalStateException("gone");
        for (Outcome how : List.of(Outcome.NOT_SENT, Outcome.PERHAPS_SENT)) {
            charge.failAside(how, why);
            assertThat(charge.outcome()).isEqualTo(how);
            assertThat(charge.cause()).isSameAs(why);
            assertThat(charge.failedAside()).isTrue();
            assertThat(charge.failedAlone() || charge.isPartly()).isFalse();
            charge.undo();
        }
        charge.failAlone(why);
        assertThat(charge.failedAlone()).isTrue();
        assertThat(charge.failedAside() || charge.isPartly()).isFalse();
        charge.fail(Outcome.NOT_SENT, why);
        assertThat(charge.failedAlone() || charge.failedAside()).isFalse();
        assertThatThrownBy(() -> charge.failAside(Outcome.REFUSED, why)).hasMessageContaining("but was REFUSED");
        assertThatThrownBy(() -> charge.failAside(Outcome.NOT_SENT, null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void reports_ofSeveralRates_areKeptApart() {
        ChargeItem item = item(Action.TAKE, THREE_RATES);
        for (int rate = 0; rate < 3; rate++) {
            assertThat(item.available(rate)).isZero();
            assertThat(item.waitNanos(rate)).isZero();
            assertThat(item.resetNanos(rate)).isZero();
        }
        item.report(1, 20, 200, 2000);
        item.report(0, 10, 100, 1000);
        item.report(2, 30, 150, 3000);
        assertThat(new long[] {item.available(0), item.available(1), item.available(2)})
                .containsExactly(10, 20, 30);
        assertThat(new long[] {item.waitNanos(0), item.waitNanos(1), item.waitNanos(2)})
                .containsExactly(100, 200, 150);
        assertThat(new long[] {item.resetNanos(0), item.resetNanos(1), item.resetNanos(2)})
                .containsExactly(1000, 2000, 3000);
        assertThat(item.waitNanos()).isEqualTo(200);
    }

    @Test
    void updateFrom_takesNumbersOver_butNotTheWait() {
        ChargeItem looked = item(Action.LOOK, THREE_RATES);
        looked.report(0, 10, 7, 1000);
        looked.report(2, 30, 9, 3000);
        ChargeItem settled = looked.as(Action.SETTLE);
        settled.report(0, 9, 0, 1100);
        settled.report(1, 19, 0, 2100);
        settled.report(2, 29, 0, 3100);
        looked.updateFrom(settled);
        assertThat(looked.available(0)).isEqualTo(9);
        assertThat(looked.available(1)).isEqualTo(19);
        assertThat(looked.resetNanos(2)).isEqualTo(3100);
        assertThat(looked.waitNanos(2)).isEqualTo(9);
    }

    @Test
    void as_keepsKeyLimitCostAndId() {
        ChargeItem lease = ChargeItem.namedLease(Action.TAKE, new LeaseLimit(1, 0), "api", null, CAROL, "svc-1");
        ChargeItem look = lease.as(Action.LOOK);
        assertThat(look).isEqualTo(lease);
        assertThat(look.leaseId()).isEqualTo("svc-1");
        assertThat(look.action()).isEqualTo(Action.LOOK);
        assertThat(look.limit()).isSameAs(lease.limit());
        assertThat(look.lease()).isNull();
        assertThat(item(Action.TAKE, THREE_RATES).leaseId()).isNull();
    }

    @Test
    void shadow_isWatchAndGlance() {
        for (Action action : Action.values()) {
            assertThat(item(action, THREE_RATES).isShadow())
                    .isEqualTo(action == Action.WATCH || action == Action.GLANCE);
        }
    }

    @Test
    void item_checksItsCost() {
        for (long cost : new long[] {0, -1, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> new ChargeItem(Action.TAKE, THREE_RATES, "api", null, CAROL, cost))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cost must be at least 1 but was " + cost);
        }
        assertThat(new ChargeItem(Action.TAKE, THREE_RATES, "api", null, CAROL, Long.MAX_VALUE).cost())
                .isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void lease_isATakeOrALookOfOne() {
        LeaseLimit limit = new LeaseLimit(2, 0);
        for (Action action : List.of(Action.WATCH, Action.GLANCE, Action.SETTLE)) {
            assertThatThrownBy(() -> item(action, limit))
                    .hasMessage("a lease must be a take or a look of 1 but was a " + action + " of 1");
        }
        assertThatThrownBy(() -> new ChargeItem(Action.TAKE, limit, "api", null, CAROL, 2))
                .hasMessage("a lease must be a take or a look of 1 but was a TAKE of 2");
    }

    @Test
    void place_isANoteOfTheStore() {
        ChargeItem item = item(Action.TAKE, THREE_RATES);
        assertThat(item.place()).isNull();
        item.place("here");
        assertThat(item.place()).isEqualTo("here");
    }
}
