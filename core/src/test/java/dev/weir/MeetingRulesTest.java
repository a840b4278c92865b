// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import dev.weir.guard.FakeShared;
import dev.weir.store.ItemKind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a store that decides one bucket at a time says of configurations. */
class MeetingRulesTest {

    private static final String TIERS = """
            store: {on-failure: open}
            tiers:
              small: {rates: {requests: 10/min, uploads: 5/hour rolling, free: unlimited}, concurrent: {flying: 3}}
              large: {rates: {requests: 100/min, uploads: 50/hour rolling, free: unlimited}, concurrent: {flying: 9}}
            profiles: {default: small, anonymous: small}
            """;

    /** They use all names, as the reader asks for, and count nothing. */
    private static final String OFF =
            "  - {name: y, rate: uploads, mode: off}\n  - {name: z, rate: free, concurrent: flying, mode: off}\n";

    private static void oneBucket(List<ItemKind> kinds) {
        if (!kinds.equals(List.of(ItemKind.BUCKET))) {
            throw new IllegalArgumentException("one bucket at most, but " + kinds);
        }
    }

    private static Configuration configuration(String rules) {
        return Configuration.parse("weir.yaml", TIERS + "rules:\n" + rules + OFF);
    }

    private static void check(String... rules) {
        Configuration configuration = configuration(String.join(
                "", List.of(rules).stream().map(rule -> "  - {" + rule + "}\n").toList()));
        MeetingRules.check(configuration, ChargePlanner.withCatchAll(configuration), MeetingRulesTest::oneBucket);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a, path: /api/**, rate: requests              | name: b, path: /login, rate: 5/min",
                "name: a, methods: [GET], rate: requests             | name: b, methods: [POST], rate: 5/min",
                "name: a, rate: [10/s, 100/min]                      | name: b, rate: 5/min, mode: off",
                "name: a, rate: requests                             | name: b, rate: unlimited",
                "name: a, rate: requests                             | name: b, rate: free",
                "name: a, path: /login, rate: 5/min, count: [401]    | name: b, path: /api/**, rate: requests, mode: shadow"
            })
    void rulesOfWhichOneRequestMeetsOneBucket_areServed(String one, String other) {
        assertThatCode(() -> check(one, other)).doesNotThrowAnyException();
    }

    @Test
    void catchAll_isServed() {
        assertThatCode(MeetingRulesTest::check).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a, rate: requests | name: b, path: /api, rate: 5/min     | a request of any caller",
                "name: a, rate: 5/min, per: tenant | name: b, per: ip, rate: 9/min | whoever calls",
                "name: a, rate: 5/min | name: b, rate: 9/min, mode: shadow      | shadow rules count too",
                "name: a, methods: [GET], rate: 5/min | name: b, methods: [HEAD], rate: 9/min | HEAD counts as GET"
            })
    void twoRulesThatOneRequestMeets_areNamed(String one, String other, String why) {
        assertThatThrownBy(() -> check(one, other))
                .as(why)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weir.yaml: one request may meet rules[0] \"a\" (/**) and rules[1] \"b\" (")
                .hasMessageContaining("one bucket at most, but [BUCKET, BUCKET]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a, rate: uploads                     | [ROLLING]",
                "name: a, rate: [9/min, 5/hour rolling]     | [BUCKET, ROLLING]",
                "name: a, concurrent: 3                     | [LEASE]",
                "name: a, rate: requests, concurrent: flying | [BUCKET, LEASE]"
            })
    void ruleThatAsksForMore_isNamed(String rule, String kinds) {
        assertThatThrownBy(() -> check(rule))
                .hasMessageContaining("weir.yaml: rules[0] \"a\" (/**): one bucket at most, but " + kinds);
    }

    @Test
    void allFaults_areNamedAtOnce_eachOnce() {
        assertThatThrownBy(() -> check(
                        "name: a, path: /a, rate: 5/min",
                        "name: b, path: /b, rate: 5/min, concurrent: 2",
                        "name: c, path: /a/**, rate: 5/min"))
                .hasMessageContaining("rules[1] \"b\"")
                .hasMessageContaining("rules[0] \"a\" (/a) and rules[2] \"c\" (/a/**)")
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(3));
    }

    @Test
    void catchAllWhoseRateIsNoBucket_isNamed() {
        Configuration configuration = Configuration.parse("weir.yaml", """
                tiers: {hourly: {rates: {requests: 5/hour rolling}}}
                profiles: {default: hourly, anonymous: hourly}
                """);
        assertThatThrownBy(() -> MeetingRules.check(
                        configuration, ChargePlanner.withCatchAll(configuration), MeetingRulesTest::oneBucket))
                .hasMessageContaining("the rule catch-all, by the rate requests of the tiers: one bucket");
    }

    /** The limiter asks the store through all that stands around it, and closes what it has opened. */
    @Test
    void limiter_asksItsStore() {
        FakeShared store = new FakeShared();
        store.checkTogether = MeetingRulesTest::oneBucket;
        RateLimiterBuilder builder = RateLimiter.builder(
                        configuration("  - {name: a, rate: 5/min}\n  - {name: b, rate: 9/min}\n"))
                .store(store);
        assertThatThrownBy(builder::build).hasMessageContaining("rules[0] \"a\" (/**) and rules[1] \"b\" (/**)");
    }

    @Test
    void limiterOfAStoreThatCannotDecideAboutStarts_servesRequestsOnly() {
        FakeShared store = new FakeShared();
        List<List<ItemKind>> asked = Collections.synchronizedList(new ArrayList<>());
        store.checkTogether = kinds -> {
            asked.add(kinds);
            oneBucket(kinds);
        };
        store.check = limit -> oneBucket(List.of(limit.kind()));
        Configuration configuration = configuration("  - {name: a, rate: requests}\n");
        try (RateLimiter limiter =
                RateLimiter.builder(configuration).store(store).build()) {
            assertThat(asked).contains(List.of(ItemKind.BUCKET, ItemKind.LEASE, ItemKind.ROLLING, ItemKind.ROLLING));
            assertThatThrownBy(limiter::securityPolicy)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("services cannot be admitted with this store: one bucket at most");
        }
        assertThatThrownBy(
                        () -> SecurityPolicy.builder(configuration).store(store).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("services cannot be admitted with this store: one bucket at most");
    }
}
