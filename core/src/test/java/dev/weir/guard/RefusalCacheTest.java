// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static dev.weir.guard.Items.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.FakeTime;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whose bucket refused is refused locally until it could pass, or for a second, whichever is sooner. */
class RefusalCacheTest {

    private static final long DEADLINE = Duration.ofMillis(25).toNanos();

    private final FakeShared shared = new FakeShared();
    private final FakeTime time = new FakeTime();
    private final GuardedStore guard = new GuardedStore(shared, time, 0, (answers, cause) -> {});

    @AfterEach
    void close() {
        guard.close();
    }

    private Charge charge(ChargeItem... items) {
        Charge charge = Charge.of(items);
        guard.charge(charge, DEADLINE);
        return charge;
    }

    private Outcome take(String user) {
        return charge(Items.take(user)).outcome();
    }

    private void refuse(ChargeItem item, long waitNanos) {
        shared.answer = FakeShared.refusing(waitNanos);
        assertThat(charge(item).outcome()).isEqualTo(Outcome.REFUSED);
        shared.answer = FakeShared::admit;
        shared.charges.set(0);
    }

    private void assertAsked(ChargeItem item, boolean asked) {
        int before = shared.charges.get();
        Outcome outcome = charge(item).outcome();
        assertThat(outcome).isEqualTo(asked ? Outcome.ADMITTED : Outcome.REFUSED);
        assertThat(shared.charges.get() - before).isEqualTo(asked ? 1 : 0);
    }

    @Test
    void refusal_lastsUntilItCouldPass() {
        refuse(Items.take("fred"), 300_000_000);
        time.advance(Duration.ofNanos(299_999_999));
        assertAsked(Items.take("fred"), false);
        time.advance(Duration.ofNanos(1));
        assertAsked(Items.take("fred"), true);
    }

    @Test
    void refusal_lastsASecondAtMost() {
        refuse(Items.take("fred"), 60 * SECOND);
        time.advance(Duration.ofNanos(SECOND - 1));
        assertAsked(Items.take("fred"), false);
        time.advance(Duration.ofNanos(1));
        assertAsked(Items.take("fred"), true);
    }

    @Test
    void othersAndWhoPassed_areAsked() {
        refuse(Items.take("fred"), SECOND);
        assertAsked(Items.take("anna"), true);
        assertAsked(Items.take("anna"), true);
        assertAsked(Items.item(Action.TAKE, Items.rolling(20), "fred", 1), true);
    }

    @Test
    void waitAndReset_areCountedDown() {
        refuse(Items.take("fred"), 5 * SECOND);
        time.advance(Duration.ofNanos(SECOND / 2));
        ChargeItem item = charge(Items.take("fred")).item(0);
        assertThat(item.verdict()).isEqualTo(Verdict.REFUSED);
        assertThat(item.waitNanos()).isEqualTo(5 * SECOND - SECOND / 2);
        assertThat(item.resetNanos(0)).isEqualTo(50 * SECOND - SECOND / 2);
        assertThat(item.available(0)).isZero();
    }

    @Test
    void smallerCost_isAsked_largerIsNot() {
        refuse(Items.take("fred", 5), SECOND);
        assertAsked(Items.take("fred", 4), true);
        assertAsked(Items.take("fred", 5), false);
        assertAsked(Items.take("fred", 20), false);
        assertAsked(Items.take("fred", 21), true); // above the capacity: for the store to say that it never can
    }

    @Test
    void largerCost_waitsUntilItsOwnTokensAreThere() {
        refuse(Items.take("fred", 5), 3 * SECOND); // 20 a minute: one every three seconds
        long forSeven = charge(Items.take("fred", 7)).item(0).waitNanos();
        assertThat(forSeven).isBetween(9 * SECOND, 9 * SECOND + 1);
        long forTwenty = charge(Items.take("fred", 20)).item(0).waitNanos();
        assertThat(forTwenty).as("no longer than until it is whole").isEqualTo(30 * SECOND);
        refuse(Items.item(Action.TAKE, Items.rolling(20), "fred", 1), 3 * SECOND);
        long allHaveLeft = charge(Items.item(Action.TAKE, Items.rolling(20), "fred", 2))
                .item(0)
                .waitNanos();
        assertThat(allHaveLeft).isEqualTo(30 * SECOND);
    }

    @Test
    void newerVersion_isAskedAndForgetsWhatWasSaid() {
        refuse(Items.item(Action.TAKE, Items.bucket(20, 3), "fred", 1), SECOND);
        assertAsked(Items.item(Action.TAKE, Items.bucket(20, 2), "fred", 1), false);
        assertAsked(Items.item(Action.TAKE, Items.bucket(20, 3), "fred", 1), false);
        assertAsked(Items.item(Action.TAKE, Items.bucket(50, 4), "fred", 1), true);
        assertAsked(Items.item(Action.TAKE, Items.bucket(20, 3), "fred", 1), true);
    }

    @Test
    void refusal_showsTheLimitInForce() {
        Limit stored = Items.bucket(7, 9);
        shared.answer = charge -> {
            charge.item(0).verdict(Verdict.REFUSED);
            charge.item(0).holdTo(stored);
            charge.item(0).report(0, 0, SECOND, SECOND);
            charge.decide(Outcome.REFUSED);
        };
        take("fred");
        ChargeItem item = charge(Items.take("fred")).item(0);
        assertThat(item.inForce()).isSameAs(stored);
        assertAsked(Items.item(Action.TAKE, Items.bucket(20, 8), "fred", 1), false);
        assertThat(shared.charges).hasValue(1);
    }

    @Test
    void shadowsLeasesAndSettles_areNeverRefusedFromMemory() {
        for (Action shadow : List.of(Action.WATCH, Action.GLANCE)) {
            charge(Items.item(shadow, Items.bucket(20, 0), "fred", 1));
        }
        shared.answer = FakeShared.refusing(SECOND);
        charge(Items.item(Action.WATCH, Items.bucket(20, 0), "shadow", 1));
        charge(Items.lease("fred"));
        shared.answer = FakeShared::admit;
        assertAsked(Items.take("shadow"), true);
        assertAsked(Items.lease("fred"), true);
        refuse(Items.take("fred"), SECOND);
        assertAsked(Items.item(Action.WATCH, Items.bucket(20, 0), "fred", 1), true);
        assertAsked(Items.item(Action.SETTLE, Items.bucket(20, 0), "fred", 1), true);
        int before = shared.charges.get();
        charge(Items.take("fred"), Items.item(Action.SETTLE, Items.rolling(20), "fred", 1));
        assertThat(shared.charges.get() - before)
                .as("what is settled must reach the store")
                .isEqualTo(1);
    }

    @Test
    void looks_areRefusedAsTakesAre() {
        refuse(Items.item(Action.LOOK, Items.bucket(20, 0), "fred", 1), SECOND);
        assertAsked(Items.take("fred"), false);
        assertAsked(Items.item(Action.LOOK, Items.bucket(20, 0), "fred", 1), false);
    }

    @Test
    void whatCanNeverPass_isNotRemembered() {
        shared.answer = charge -> {
            charge.item(0).verdict(Verdict.IMPOSSIBLE);
            charge.item(0).report(0, 0, Long.MAX_VALUE, 1);
            charge.decide(Outcome.IMPOSSIBLE);
        };
        for (int i = 1; i <= 3; i++) {
            assertThat(charge(Items.take("fred", 21)).outcome()).isEqualTo(Outcome.IMPOSSIBLE);
            assertThat(shared.charges).hasValue(i);
        }
        assertThat(guard.rememberedRefusals()).isZero();
    }

    @Test
    void othersOfTheCharge_areLeftUndecided() {
        refuse(Items.take("fred"), SECOND);
        Limit limit = Items.bucket(20, 0);
        ChargeItem before = new ChargeItem(Action.TAKE, limit, "first", null, Key.of(Scope.USER, "fred"), 1);
        ChargeItem shadow = Items.item(Action.WATCH, limit, "anna", 1);
        ChargeItem lease = Items.lease("fred");
        Charge charge = charge(before, shadow, Items.take("fred"), lease);
        assertThat(charge.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(charge.items())
                .extracting(ChargeItem::verdict)
                .containsExactly(Verdict.UNDECIDED, Verdict.UNDECIDED, Verdict.REFUSED, Verdict.UNDECIDED);
        assertThat(shared.charges).hasValue(0);
    }

    /** What was not reached has not passed, and was not refused. */
    @Test
    void itemThatWasNotReached_teachesNothing() {
        refuse(Items.take("fred"), 10 * SECOND);
        shared.answer = FakeShared.reachingAllBut(item -> true, () -> {});
        Charge anew = Charge.of(Items.take("fred"));
        guard.chargeAnew(anew, DEADLINE);
        assertThat(anew.isPartly()).isTrue();
        assertThat(guard.rememberedRefusals()).isEqualTo(1);
        assertAsked(Items.take("fred"), false);
        charge(Items.take("barney"));
        assertThat(guard.rememberedRefusals()).isEqualTo(1);
    }

    @Test
    void itemThatHasPassed_isForgottenThoughOthersWereNotReached() {
        refuse(Items.take("fred"), 10 * SECOND);
        shared.answer = FakeShared.reachingAllBut(item -> item.per().value().equals("barney"), () -> {});
        guard.chargeAnew(Charge.of(Items.take("barney"), Items.take("fred")), DEADLINE);
        assertThat(guard.rememberedRefusals()).isZero();
    }

    @Test
    void refillAndRemove_forget() {
        refuse(Items.take("fred"), SECOND);
        guard.refill(Items.take("fred").plain());
        assertAsked(Items.take("fred"), true);
        refuse(Items.take("fred"), SECOND);
        guard.remove(Items.take("fred").plain());
        assertAsked(Items.take("fred"), true);
        assertThat(shared.administered)
                .containsExactly("refill BUCKET api of user fred", "remove BUCKET api of user fred");
    }

    @Test
    void whoPassesAfterAll_isForgotten() {
        refuse(Items.take("fred", 5), 10 * SECOND);
        time.advance(Duration.ofSeconds(1));
        assertAsked(Items.take("fred", 5), true);
        assertAsked(Items.take("fred", 5), true);
    }

    @Test
    void hundredThousandRefusals_askFarLessThanOnceInAHundred() {
        shared.answer = FakeShared.refusing(30 * SECOND);
        for (int i = 0; i < 100_000; i++) {
            assertThat(take("user" + i % 100)).isEqualTo(Outcome.REFUSED);
            time.advance(Duration.ofNanos(50_000)); // five seconds in all
        }
        assertThat(shared.charges.get()).isBetween(100, 999);
    }

    @Test
    void floodOfRefusedKeys_growsNothing() {
        shared.answer = FakeShared.refusing(SECOND);
        for (int i = 0; i < 200_000; i++) {
            take("user" + i);
        }
        assertThat(guard.rememberedRefusals()).isBetween(1_000, RefusalCache.MAX_ENTRIES);
    }

    @Test
    void manyRatesOfOneLimit_areAllReported() {
        BucketLimit two =
                new BucketLimit(List.of(new Rate(5, Items.MINUTE, 5), new Rate(100, 60 * Items.MINUTE, 100)), 0);
        shared.answer = charge -> {
            charge.item(0).verdict(Verdict.REFUSED);
            charge.item(0).report(0, 3, 0, 24 * SECOND);
            charge.item(0).report(1, 1, 36 * SECOND, 3564 * SECOND);
            charge.decide(Outcome.REFUSED);
        };
        charge(Items.item(Action.TAKE, two, "fred", 2));
        time.advance(Duration.ofNanos(SECOND / 2));
        ChargeItem same = charge(Items.item(Action.TAKE, two, "fred", 2)).item(0);
        assertThat(same.available(0)).isEqualTo(3);
        assertThat(same.waitNanos(0)).isZero();
        assertThat(same.resetNanos(0)).isEqualTo(24 * SECOND - SECOND / 2);
        assertThat(same.waitNanos(1)).isEqualTo(36 * SECOND - SECOND / 2);
        ChargeItem more = charge(Items.item(Action.TAKE, two, "fred", 4)).item(0);
        assertThat(more.waitNanos(0)).as("one more than is there").isBetween(11 * SECOND, 12 * SECOND);
        assertThat(shared.charges).hasValue(1);
    }

    @Test
    void leaseLimits_areNoRefusals() {
        shared.answer = FakeShared.refusing(1);
        charge(Items.item(Action.TAKE, new LeaseLimit(1, 0), "fred", 1));
        assertThat(guard.rememberedRefusals()).isZero();
    }
}
