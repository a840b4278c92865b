// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.plan.Quota;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import org.junit.jupiter.api.Test;

class QuotaLimiterTest {

    private final FakeStore store = new FakeStore();
    private final QuotaLimiter limiter = QuotaLimiter.of(
            store, "mail", Quota.perMinute(60).burst(10), Quota.perHour(5).asRolling());

    @Test
    void tryConsume_takesFromAllQuotas() {
        assertThat(limiter.tryConsume("carol", 2)).isTrue();
        assertThat(store.lastCharge())
                .containsExactly(
                        "TAKE BUCKET mail of user carol cost 2 limit 10",
                        "TAKE ROLLING mail of user carol cost 2 limit 5");
        store.refuse("ROLLING mail", 7_000_000_000L);
        assertThat(limiter.tryConsume("carol")).isFalse();
    }

    @Test
    void questions_takeNothing() {
        store.refuse("ROLLING mail", 7_000_000_000L).answer("BUCKET mail", item -> item.report(0, 3, 0, 1));
        assertThat(limiter.canConsume("carol")).isFalse();
        assertThat(limiter.timeToWait("carol")).hasSeconds(7);
        assertThat(limiter.remaining("carol")).isZero();
        assertThat(store.charges)
                .allSatisfy(charge ->
                        assertThat(charge.items()).allMatch(item -> item.action() == dev.weir.store.Action.LOOK));
        store.answer("ROLLING mail", item -> {});
        assertThat(limiter.canConsume("carol")).isTrue();
        assertThat(limiter.timeToWait("carol")).isZero();
        assertThat(limiter.remaining("carol")).isEqualTo(3);
    }

    @Test
    void costOutOfRange_isTheCallersError() {
        for (long cost : new long[] {0, -1, 6, Long.MAX_VALUE}) {
            assertThatThrownBy(() -> limiter.tryConsume("carol", cost))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("cost must be 1 to 5 but was " + cost);
        }
        assertThatThrownBy(() -> limiter.tryConsume("")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> QuotaLimiter.of(store, "x")).hasMessage("quotas must not be empty");
        assertThat(store.charges).isEmpty();
    }

    @Test
    void storeThatReachesOnlySomeQuotas_isAnError_andTakesNothing() {
        int[] undone = {0};
        store.fail(charge -> {
            charge.item(1).verdict(Verdict.UNDECIDED);
            charge.decidePartly(() -> undone[0]++, new IllegalStateException("gone"));
        });
        assertThatThrownBy(() -> limiter.tryConsume("carol"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the store did not answer; is it closed?")
                .hasRootCauseMessage("gone");
        assertThat(undone[0]).isEqualTo(1);
    }

    @Test
    void storeThatDoesNotAnswer_isAnError() {
        store.fail(charge -> charge.fail(Outcome.NOT_SENT, null));
        assertThatThrownBy(() -> limiter.tryConsume("carol"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the store did not answer; is it closed?");
    }

    @Test
    void reset_forgetsBothKinds_andCloseLeavesAStoreThatWasGiven() {
        limiter.reset("carol");
        assertThat(store.removed.stream().map(Object::toString))
                .containsExactly("BUCKET mail of user carol", "ROLLING mail of user carol");
        limiter.close();
    }

    @Test
    void withoutAStoreOnTheClassPath_theMessageNamesTheArtifact() {
        assertThatThrownBy(() -> QuotaLimiter.of(Quota.perMinute(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("dev.weir:weir-memory-store");
    }
}
