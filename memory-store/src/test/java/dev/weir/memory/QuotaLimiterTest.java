// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.weir.QuotaLimiter;
import dev.weir.plan.Quota;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuotaLimiterTest {

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(1000, clock);

    @Test
    void sampleOfTheDocumentation() {
        try (QuotaLimiter perUser = QuotaLimiter.of(Quota.perMinute(60).burst(10))) {
            for (int i = 0; i < 10; i++) {
                assertThat(perUser.tryConsume("user123")).isTrue();
            }
            if (!perUser.tryConsume("user123")) {
                assertThat(perUser.timeToWait("user123")).isBetween(Duration.ZERO, Duration.ofSeconds(1));
            }
        }
    }

    @Test
    void tryConsume_takesAndWaitIsExact() {
        QuotaLimiter limiter =
                QuotaLimiter.of(store, "mail", Quota.perMinute(60).burst(10));
        assertThat(limiter.timeToWait("fred")).isZero();
        assertThat(limiter.tryConsume("fred", 7)).isTrue();
        assertThat(limiter.remaining("fred")).isEqualTo(3);
        assertThat(limiter.canConsume("fred", 4)).isFalse();
        assertThat(limiter.tryConsume("fred", 4)).isFalse();
        assertThat(limiter.timeToWait("fred", 4)).isEqualTo(Duration.ofSeconds(1));
        assertThat(limiter.canConsume("fred", 3)).isTrue();
        assertThat(limiter.remaining("fred")).isEqualTo(3);
        clock.advance(Duration.ofSeconds(1));
        assertThat(limiter.tryConsume("fred", 4)).isTrue();
        assertThat(limiter.canConsume("fred")).isFalse();
        assertThat(limiter.remaining("wilma")).isEqualTo(10);
    }

    @Test
    void severalQuotas_allHold() {
        QuotaLimiter limiter = QuotaLimiter.of(
                store,
                "mail",
                Quota.perSecond(5),
                Quota.perMinute(20),
                Quota.perHour(8).asRolling());
        assertThat(limiter.remaining("fred")).isEqualTo(5);
        assertThat(limiter.tryConsume("fred", 5)).isTrue();
        assertThat(limiter.timeToWait("fred", 3)).isEqualTo(Duration.ofMillis(600));
        clock.advance(Duration.ofSeconds(1));
        assertThat(limiter.remaining("fred")).isEqualTo(3);
        assertThat(limiter.tryConsume("fred", 4)).isFalse();
        assertThat(limiter.timeToWait("fred", 4)).isEqualTo(Duration.ofSeconds(3599));
        assertThat(limiter.tryConsume("fred", 3))
                .as("the refusal took nothing of the buckets")
                .isTrue();
        assertThat(limiter.remaining("fred")).isZero();
    }

    @Test
    void costOutOfRange_isAnError() {
        QuotaLimiter limiter =
                QuotaLimiter.of(store, "mail", Quota.perMinute(60).burst(10), Quota.perHour(9));
        for (long cost : new long[] {0, -1, 10, Long.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> limiter.tryConsume("fred", cost))
                    .withMessage("cost must be 1 to 9 but was " + cost);
            assertThatIllegalArgumentException().isThrownBy(() -> limiter.canConsume("fred", cost));
            assertThatIllegalArgumentException().isThrownBy(() -> limiter.timeToWait("fred", cost));
        }
        assertThat(limiter.remaining("fred")).isEqualTo(9);
    }

    @Test
    void emptyNameOrNoQuota_isAnError() {
        QuotaLimiter limiter = QuotaLimiter.of(store, "mail", Quota.perMinute(1));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.tryConsume(""));
        assertThatIllegalArgumentException().isThrownBy(() -> limiter.reset(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QuotaLimiter.of(store, "mail"))
                .withMessage("quotas must not be empty");
    }

    @Test
    void reset_makesOneNameWhole() {
        QuotaLimiter limiter = QuotaLimiter.of(
                store, "mail", Quota.perMinute(3), Quota.perHour(3).asRolling());
        assertThat(limiter.tryConsume("fred", 3)).isTrue();
        assertThat(limiter.tryConsume("wilma", 3)).isTrue();
        limiter.reset("fred");
        limiter.reset("nobody");
        assertThat(limiter.remaining("fred")).isEqualTo(3);
        assertThat(limiter.remaining("wilma")).isZero();
    }

    @Test
    void limitersOfOneStore_areToldApartByName() {
        QuotaLimiter mail = QuotaLimiter.of(store, "mail", Quota.perMinute(3));
        QuotaLimiter calls = QuotaLimiter.of(store, "calls", Quota.perMinute(3));
        assertThat(mail.tryConsume("fred", 3)).isTrue();
        assertThat(calls.tryConsume("fred", 3)).isTrue();
        mail.close();
        assertThat(calls.remaining("fred")).as("the store is the application's").isZero();
    }

    @Test
    void closedStore_isAnErrorThatSaysSo() {
        QuotaLimiter own = QuotaLimiter.of(Quota.perMinute(3));
        own.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> own.tryConsume("fred"))
                .withMessage("the store did not answer; is it closed?");
    }
}
