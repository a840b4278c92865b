// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleTest {

    private static Rule.Builder rule() {
        return Rule.named("api").rate("requests");
    }

    private static void refused(ThrowingCallable building, String message) {
        assertThatThrownBy(building)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Test
    void builder_beginsWithAllRequestsPerIdentity() {
        Rule rule = rule().build();
        assertThat(rule.name()).isEqualTo("api");
        assertThat(rule.path()).hasToString("/**");
        assertThat(rule.methods()).isEmpty();
        assertThat(rule.per()).isEqualTo(Per.IDENTITY);
        assertThat(rule.within()).isNull();
        assertThat(rule.rateName()).contains("requests");
        assertThat(rule.quotas()).isEmpty();
        assertThat(rule.concurrentName()).isEmpty();
        assertThat(rule.concurrent()).isZero();
        assertThat(rule.count()).isEmpty();
        assertThat(rule.cost()).isEqualTo(1);
        assertThat(rule.mode()).isEqualTo(Mode.ENFORCE);
        assertThat(rule.neverShed()).isFalse();
        assertThat(rule.onFailure()).isEqualTo(FailurePolicy.LOCAL);
        assertThat(rule).hasToString("Rule[api /**]");
    }

    @Test
    void matches_methodAndPath() {
        Rule rule = rule().path("/login").methods(Set.of("POST", "GET")).build();
        assertThat(rule.matches("POST", "/login")).isTrue();
        assertThat(rule.matches("POST", "/login/")).isTrue();
        assertThat(rule.matches("HEAD", "/login")).as("HEAD counts as GET").isTrue();
        assertThat(rule.matches("PUT", "/login")).isFalse();
        assertThat(rule.matches("post", "/login")).isFalse();
        assertThat(rule.matches("POST", "/logout")).isFalse();
        assertThat(rule().methods(Set.of("POST")).build().matches("HEAD", "/")).isFalse();
        assertThat(rule().methods(Set.of("HEAD")).build().matches("GET", "/")).isFalse();
        assertThat(rule().build().matches("BREW", "/pot")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a b", "a/b", "a\"b", "ä", "a\n", "a,b"})
    void name_ofOtherCharacters_isRefused(String name) {
        refused(() -> Rule.named(name), "a rule's name must be 1 to 64 letters, digits, dots, dashes and underscores");
    }

    @Test
    void name_ofMoreThan64Characters_isRefused() {
        assertThat(Rule.named("a".repeat(64)).rate("x").build().name()).hasSize(64);
        assertThatThrownBy(() -> Rule.named("a".repeat(65))).hasMessageContaining("1 to 64");
    }

    @Test
    void parts_areChecked() {
        refused(() -> rule().cost(0), "cost must be 1 to 1000000000000 but was 0");
        refused(() -> rule().cost(Long.MIN_VALUE), "cost must be 1 to 1000000000000 but was -9223372036854775808");
        refused(() -> rule().cost(Quota.MAX + 1), "cost must be 1 to 1000000000000 but was 1000000000001");
        refused(() -> rule().concurrent(0), "concurrent must be 1 to 1000000 but was 0");
        refused(() -> rule().concurrent(1_000_001), "concurrent must be 1 to 1000000 but was 1000001");
        refused(() -> rule().count(Set.of(99)), "a status must be 100 to 599 but was 99");
        refused(() -> rule().count(Set.of(600)), "a status must be 100 to 599 but was 600");
        refused(() -> rule().methods(Set.of("post")), "a method must be in capitals, such as POST, but was \"post\"");
        assertThatThrownBy(() -> rule().methods(Set.of("")).build()).hasMessageContaining("such as GET");
        assertThatThrownBy(() -> rule().path("api")).hasMessageContaining("slash");
    }

    @Test
    void build_refusesWhatDoesNotFitTogether() {
        refused(
                () -> Rule.named("r").build(),
                "rule r needs a rate or a number for concurrent, or it would count nothing");
        refused(
                () -> rule().rate(List.of(Quota.perMinute(1))).build(),
                "rule api can name a tier's rate or have quotas of its own, not both");
        refused(
                () -> rule().concurrent("requests").concurrent(2).build(),
                "rule api can name a tier's number or have one of its own for concurrent, not both");
        refused(
                () -> rule().per(Per.EVERYONE).build(),
                "rule api is per everyone, who has no tier: write numbers, such as rate: 100/s");
        refused(
                () -> Rule.named("r").concurrent("requests").per(Per.EVERYONE).build(),
                "rule r is per everyone, who has no tier: write numbers, such as rate: 100/s");
        refused(
                () -> Rule.named("r").concurrent(2).count(Set.of(401)).build(),
                "rule r has count, which charges a rate: add one, such as rate: 5/min");
        refused(
                () -> Rule.named("r")
                        .rate(List.of(Quota.perHour(100), Quota.perMinute(5)))
                        .cost(6)
                        .build(),
                "rule r costs 6, which is above the 5 of 5/min, so no request could ever pass; lower the cost or"
                        + " raise the burst");
    }

    @Test
    void within_isTenantUserOrIp() {
        for (Per outer : Per.values()) {
            boolean fits = outer == Per.TENANT || outer == Per.IP;
            if (fits) {
                assertThat(rule().per(Per.USER).within(outer).build().within()).isEqualTo(outer);
            } else {
                refused(
                        () -> rule().per(Per.USER).within(outer).build(),
                        "rule api is per user within " + outer.word()
                                + "; within must be tenant, user or ip, and not what the rule is per");
            }
        }
        refused(
                () -> Rule.named("r")
                        .rate(List.of(Quota.perMinute(1)))
                        .per(Per.EVERYONE)
                        .within(Per.TENANT)
                        .build(),
                "rule r is per everyone, which is within nothing");
    }

    @Test
    void build_copies() {
        Rule.Builder builder = rule().methods(Set.of("GET"));
        Rule first = builder.build();
        Rule second = builder.methods(Set.of("PUT")).cost(3).build();
        assertThat(first.methods()).containsExactly("GET");
        assertThat(first.cost()).isEqualTo(1);
        assertThat(second.cost()).isEqualTo(3);
    }

    @Test
    void per_hasTheWordOfTheConfiguration() {
        for (Per per : Per.values()) {
            assertThat(per.word()).isEqualTo(per.name().toLowerCase(Locale.ROOT));
        }
    }
}
