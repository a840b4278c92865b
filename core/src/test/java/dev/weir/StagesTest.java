// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.store.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Section 12.12 of the design: who is asked for what before and behind authentication. */
class StagesTest {

    private static final String RULES = """
            identity: {tenant: [{attribute: tenantId}]}
            rules:
              - {name: user, path: /api/**, per: user, rate: 7/min}
              - {name: flood, path: /**, per: ip, rate: 30/min, concurrent: 4}
              - {name: wrong, path: /**, per: ip, rate: 5/min, count: [401], concurrent: 2}
              - {name: inside, path: /**, per: ip, within: tenant, rate: 9/min}
              - {name: all, path: /**, per: everyone, rate: 100/min}
              - {name: known, path: /api/**, rate: requests, concurrent: requests}
            """;

    private final FakeStore store = new FakeStore();
    private final List<RateLimitEvent> events = new ArrayList<>();

    private RateLimiterBuilder builder(String rules) {
        return RateLimiter.builder(Configuration.parse("weir.yaml", rules))
                .store(store)
                .time(new FakeTime())
                .listener(events::add);
    }

    private static FakeRequest carol() {
        return FakeRequest.get("/api/x").user("carol").tenant("acme");
    }

    @Test
    void edge_asksTheRulesPerAddressAndPerEveryone() {
        try (RateLimiter limiter = builder(RULES).build()) {
            Decision edge = limiter.decideEdge(carol());
            assertThat(edge.stage()).isEqualTo(Stage.EDGE);
            assertThat(edge.isAdmitted()).isTrue();
            assertThat(store.lastCharge())
                    .containsExactly(
                            "TAKE BUCKET flood of ip 198.51.100.7 cost 1 limit 30",
                            "LOOK BUCKET wrong of ip 198.51.100.7 cost 1 limit 5",
                            "TAKE LEASE wrong of ip 198.51.100.7 cost 1 limit 2",
                            "TAKE BUCKET all of everyone cost 1 limit 100");
        }
    }

    @Test
    void identity_asksTheOthersAndTheLeasesThatTheEdgeLeft() {
        try (RateLimiter limiter = builder(RULES).build()) {
            Decision edge = limiter.decideEdge(carol());
            Decision identity = limiter.decideAfter(edge, carol());
            assertThat(identity.stage()).isEqualTo(Stage.IDENTITY);
            assertThat(store.lastCharge())
                    .containsExactly(
                            "TAKE BUCKET user of user carol cost 1 limit 7",
                            "TAKE LEASE flood of ip 198.51.100.7 cost 1 limit 4",
                            "TAKE BUCKET inside of ip 198.51.100.7 within tenant acme cost 1 limit 9",
                            "TAKE BUCKET known of tenant acme cost 1 limit 20",
                            "TAKE LEASE known of tenant acme cost 1 limit 20");
            limiter.complete(identity, 200);
            limiter.complete(edge, 200);
            assertThat(store.released).hasSize(3);
            assertThat(limiter.inFlight()).isZero();
        }
    }

    @Test
    void oneStage_asksAllAtOnce() {
        try (RateLimiter limiter = builder(RULES).build()) {
            assertThat(limiter.decide(carol()).stage()).isEqualTo(Stage.WHOLE);
            assertThat(store.lastCharge()).hasSize(9);
        }
    }

    /** Nobody has authenticated yet; to ask who it is could even make a container do that. */
    @Test
    void edge_doesNotAskWhoIsCalling() {
        List<String> asked = new ArrayList<>();
        RateLimiterBuilder builder = builder(RULES).resolver(request -> {
            asked.add(request.path());
            throw new AssertionError("asked at the edge");
        });
        try (RateLimiter limiter = builder.build()) {
            assertThat(limiter.decideEdge(carol()).isAdmitted()).isTrue();
            assertThat(asked).isEmpty();
            assertThat(events.get(0).identity().tenant()).isEmpty();
            assertThat(events.get(0).decision().stage()).isEqualTo(Stage.EDGE);
        }
    }

    @Test
    void headers_areThoseOfBothInTheOrderOfTheFile() {
        store.answer("flood", item -> item.report(0, 3, 0, 1));
        try (RateLimiter limiter = builder(RULES).build()) {
            Decision edge = limiter.decideEdge(carol());
            Map<String, String> ofEdge = headers(limiter, edge);
            assertThat(ofEdge.get("RateLimit")).startsWith("\"flood\";r=3").doesNotContain("user");
            Map<String, String> ofBoth = headers(limiter, limiter.decideAfter(edge, carol()));
            assertThat(ofBoth)
                    .containsEntry("X-RateLimit-Limit", "30")
                    .containsEntry("X-RateLimit-Remaining", "3")
                    .containsEntry(
                            "RateLimit-Policy",
                            "\"user\";q=7;w=60, \"flood\";q=30;w=60, \"wrong\";q=5;w=60, \"inside\";q=9;w=60,"
                                    + " \"known\";q=20;w=60");
        }
    }

    @Test
    void refusalAtIdentity_namesItsRuleOnlyAndTakesNothingBack() {
        store.refuse("user", 5_000_000_000L);
        try (RateLimiter limiter = builder(RULES).build()) {
            Decision edge = limiter.decideEdge(carol());
            Decision identity = limiter.decideAfter(edge, carol());
            assertThat(identity.status()).isEqualTo(Decision.Status.REFUSED);
            assertThat(identity.refusingRules()).containsExactly("user");
            assertThat(store.charges).as("no refund follows").hasSize(2);
            assertThat(store.refilled).isEmpty();
            assertThat(headers(limiter, identity))
                    .containsEntry("X-RateLimit-Limit", "7")
                    .containsEntry("Retry-After", "5");
        }
    }

    private static Map<String, String> headers(RateLimiter limiter, Decision decision) {
        Map<String, String> headers = new HashMap<>();
        limiter.headers(decision, headers::put);
        return headers;
    }

    @Test
    void catchAll_isAskedBehindTheEdge_onlyIfNoRuleOfEitherStageApplies() {
        try (RateLimiter limiter = builder("{}").build()) {
            Decision edge = limiter.decideEdge(carol());
            assertThat(edge.charge().size()).isZero();
            limiter.decideAfter(edge, carol());
            assertThat(store.lastCharge()).containsExactly("TAKE BUCKET catch-all of user carol cost 1 limit 20");
        }
        try (RateLimiter limiter =
                builder("rules: [{name: flood, per: ip, rate: 5/min}]").build()) {
            Decision identity = limiter.decideAfter(limiter.decideEdge(carol()), carol());
            assertThat(identity.charge().size()).isZero();
            assertThat(headers(limiter, identity)).containsEntry("X-RateLimit-Limit", "5");
        }
    }

    /** A filter between the two that changes the path makes no way around a rule, and no second charge. */
    @Test
    void ruleThatTheEdgeHasNotSeen_isAskedBehindIt() {
        try (RateLimiter limiter = builder("rules: [{name: api, path: /api/**, per: ip, rate: 5/min}]")
                .build()) {
            Decision edge = limiter.decideEdge(FakeRequest.get("/v1/x"));
            assertThat(edge.charge().size()).isZero();
            limiter.decideAfter(edge, FakeRequest.get("/api/x"));
            assertThat(store.lastCharge()).containsExactly("TAKE BUCKET api of ip 198.51.100.7 cost 1 limit 5");
            Decision counted = limiter.decideEdge(FakeRequest.get("/api/x"));
            assertThat(limiter.decideAfter(counted, FakeRequest.get("/api/x"))
                            .charge()
                            .size())
                    .isZero();
        }
    }

    @Test
    void exemptPath_isExemptAtBothStages_andABlockCountsBehindTheEdge() {
        String rules = RULES + "exempt: [{path: /health}]\nprofiles: {users: {carol: {blocked: abuse}}}\n";
        try (RateLimiter limiter = builder(rules).build()) {
            assertThat(limiter.decideEdge(FakeRequest.get("/health")).status()).isEqualTo(Decision.Status.EXEMPT);
            Decision edge = limiter.decideEdge(carol());
            assertThat(edge.isAdmitted()).isTrue();
            assertThat(limiter.decideAfter(edge, carol()).status()).isEqualTo(Decision.Status.BLOCKED);
        }
    }

    @Test
    void storeThatFailsAtTheEdge_isNotAskedAgainForItsRules() {
        try (RateLimiter limiter =
                builder("rules: [{name: flood, per: ip, rate: 5/min}]").build()) {
            store.fail(charge -> charge.fail(Outcome.NOT_SENT, null));
            Decision edge = limiter.decideEdge(carol());
            assertThat(edge.isDegraded()).isTrue();
            store.fail(charge -> {});
            assertThat(limiter.decideAfter(edge, carol()).charge().size()).isZero();
        }
    }

    @Test
    void costsOfTheApplication_areAskedForOncePerRule() {
        List<String> asked = new ArrayList<>();
        RateLimiterBuilder builder = builder(RULES).requestCost((request, rule, standard) -> {
            asked.add(rule);
            return 2;
        });
        try (RateLimiter limiter = builder.build()) {
            Decision edge = limiter.decideEdge(carol());
            assertThat(asked).containsExactly("flood", "wrong", "all");
            asked.clear();
            limiter.decideAfter(edge, carol());
            assertThat(asked).containsExactly("user", "inside", "known");
        }
    }

    @Test
    void decisionOfAnotherStage_isNoEdge() {
        try (RateLimiter limiter = builder(RULES).build()) {
            Decision whole = limiter.decide(carol());
            assertThatThrownBy(() -> limiter.decideAfter(whole, carol()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("edge must be what decideEdge has answered");
        }
    }
}
