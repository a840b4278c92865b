// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import dev.weir.guard.FakeShared;
import dev.weir.identity.FakeRequest;
import dev.weir.plan.Quota;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a limiter opens, checks and closes. There is no memory store among the tests of this module. */
class StoreAccessTest {

    private static final String REDIS = "store: {type: redis, redis: {uri: 'redis://localhost', instances: 3}}\n";

    @BeforeEach
    @AfterEach
    void forget() {
        FakeSharedFactory.OPENED.clear();
    }

    private static Configuration configuration(String rules) {
        return Configuration.parse("weir.yaml", REDIS + rules);
    }

    private static FakeShared opened() {
        assertThat(FakeSharedFactory.OPENED).hasSize(1);
        return FakeSharedFactory.OPENED.get(0);
    }

    @Test
    void localRuleWithoutAMemoryStore_isRefusedAtStart_andLeavesNothingOpen() {
        Configuration file = configuration("rules: [{name: api, rate: 10/min}]");
        assertThatThrownBy(() -> RateLimiter.builder(file).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rule \"api\" is on-failure: local, to go on in memory, but there is no store of type"
                        + " \"memory\" on the class path, only redis; add the artifact dev.weir:weir-memory-store");
        assertThat(opened().closed).isTrue();
    }

    @Test
    void storeThatWasGiven_isNotClosed() {
        FakeShared given = new FakeShared();
        Configuration file = configuration("rules: [{name: api, rate: 10/min}]");
        assertThatThrownBy(() -> RateLimiter.builder(file).store(given).build())
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(given.closed).isFalse();
        assertThat(FakeSharedFactory.OPENED).isEmpty();
    }

    @Test
    void limitThatTheStoreCannotHold_isRefusedAtStart_namingRuleAndTier() {
        FakeStore store = new FakeStore();
        store.check(limit -> {
            if (limit.amount(0) == 120) {
                throw new IllegalArgumentException("120 is too much; the largest is 119");
            }
        });
        Configuration file = Configuration.parse("weir.yaml", """
                profiles: {tenants: {acme: {tier: pro}}}
                rules: [{name: other, rate: 10/min}, {name: api, rate: requests}]
                """);
        assertThatThrownBy(() -> RateLimiter.builder(file).store(store).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("rule \"api\", tier \"pro\": 120 is too much; the largest is 119");
        assertThatThrownBy(() -> QuotaLimiter.of(store, "mail", Quota.perMinute(120)))
                .hasMessage("120 is too much; the largest is 119");
    }

    @Test
    void limitsAreChecked_beforeAnythingIsCharged() {
        FakeStore store = new FakeStore();
        int[] checked = {0};
        store.check(limit -> checked[0]++);
        Configuration file =
                Configuration.parse("weir.yaml", "rules: [{name: api, rate: [10/min, 5/hour rolling], concurrent: 3}]");
        try (RateLimiter limiter = RateLimiter.builder(file).store(store).build()) {
            assertThat(checked[0]).isGreaterThanOrEqualTo(3);
            int before = checked[0];
            limiter.decide(FakeRequest.get("/"));
            assertThat(checked[0]).isEqualTo(before);
        }
    }

    @Test
    void refundsThatAreLost_areCountedByTheLimiter_whoeverOpenedTheStore() {
        Configuration file = Configuration.parse(
                "weir.yaml", "store: {type: redis, on-failure: open, redis: {uri: 'redis://localhost'}}");
        FakeShared given = new FakeShared();
        try (RateLimiter opens = RateLimiter.builder(file).build();
                RateLimiter isGiven = RateLimiter.builder(file).store(given).build();
                RateLimiter counts =
                        RateLimiter.builder(file).store(new FakeStore()).build()) {
            opened().lostRefunds = 7;
            given.lostRefunds = 8;
            assertThat(opens.lostRefunds()).isEqualTo(7);
            assertThat(isGiven.lostRefunds()).isEqualTo(8);
            assertThat(counts.lostRefunds()).as("without a shared store").isZero();
        }
    }

    /** Nor do they need a memory store where they do not go on in it. */
    @ParameterizedTest
    @CsvSource({"closed, UNAVAILABLE", "open, ADMITTED"})
    void requestsThatNoRuleCounts_goByTheStoresPolicy(String policy, Decision.Status status) {
        Configuration file = Configuration.parse(
                "weir.yaml", "store: {type: redis, on-failure: " + policy + ", redis: {uri: 'redis://localhost'}}");
        try (RateLimiter limiter = RateLimiter.builder(file).build()) {
            opened().die();
            assertThat(limiter.decide(FakeRequest.get("/")).status()).isEqualTo(status);
        }
    }
}
