// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.identity.Identity;
import org.junit.jupiter.api.Test;

/** Sections 12.1 and 12.2 of the design: which rules apply, and whose numbers count. */
class RulesThatApplyTest {

    private static final String TRUST = "identity: {tenant: [{attribute: tenantId}]}\n";
    private static final String PROFILES = """
            tiers:
              solo: {rates: {requests: 7/min}, concurrent: {requests: 3}}
            profiles:
              tenants:
                acme: {tier: pro}
                globex: {tier: basic, rates: {requests: 100/min}}
                banned: {tier: free, blocked: unpaid}
              users:
                eve: {tier: enterprise}
                globex/gus: {tier: solo}
                gus: {tier: pro}
                mallory: {tier: free, blocked: abuse}
                globex/mallory: {tier: pro}
            """;

    private final FakeStore store = new FakeStore();

    private RateLimiter limiter(String text) {
        return RateLimiter.builder(Configuration.parse("weir.yaml", TRUST + text))
                .store(store)
                .time(new FakeTime())
                .build();
    }

    private void decide(String config, FakeRequest request) {
        try (RateLimiter limiter = limiter(config)) {
            assertThat(limiter.decide(request).isAdmitted()).isTrue();
        }
    }

    private static FakeRequest request() {
        return FakeRequest.get("/api/x");
    }

    @Test
    void noRule_catchAllChargesTheIdentity() {
        decide("", request());
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET catch-all of ip 198.51.100.7 cost 1 limit 10");
        decide("", request().user("carol"));
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET catch-all of user carol cost 1 limit 20");
        decide("", request().user("carol").tenant("acme"));
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET catch-all of tenant acme cost 1 limit 20");
    }

    @Test
    void catchAll_chargesOnlyIfNoRuleAppliesInWhateverMode() {
        for (String mode : new String[] {"enforce", "shadow", "off"}) {
            String config = "rules: [{name: api, path: /api/**, rate: 5/min, mode: " + mode + "}]";
            try (RateLimiter limiter = limiter(config)) {
                Decision decision = limiter.decide(request());
                assertThat(decision.charge().items())
                        .noneMatch(item -> item.rule().equals("catch-all"));
                assertThat(decision.charge().size()).isEqualTo(mode.equals("off") ? 0 : 1);
                assertThat(limiter.decide(FakeRequest.get("/other"))
                                .charge()
                                .item(0)
                                .rule())
                        .isEqualTo("catch-all");
            }
        }
    }

    @Test
    void ruleOfAnUnknownPart_isAsIfUnwritten() {
        String config = """
                rules:
                  - {name: t, per: tenant, rate: 5/min}
                  - {name: u, per: user, rate: 6/min}
                  - {name: tu, per: user, within: tenant, rate: 7/min}
                """;
        decide(config, request());
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET catch-all of ip 198.51.100.7 cost 1 limit 10");
        decide(config, request().user("carol"));
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET u of user carol cost 1 limit 6");
        decide(config, request().tenant("acme"));
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET t of tenant acme cost 1 limit 5");
        decide(config, request().tenant("acme").user("carol"));
        assertThat(store.lastCharge())
                .containsExactly(
                        "TAKE BUCKET t of tenant acme cost 1 limit 5",
                        "TAKE BUCKET u of user carol cost 1 limit 6",
                        "TAKE BUCKET tu of user carol within tenant acme cost 1 limit 7");
    }

    @Test
    void ipAndEveryone_areAlwaysKnown() {
        String config = """
                rules:
                  - {name: a, per: ip, rate: requests}
                  - {name: all, per: everyone, rate: 1000/s}
                """;
        decide(config, request().user("eve").from("2001:db8::1:2:3:4"));
        assertThat(store.lastCharge())
                .containsExactly(
                        "TAKE BUCKET a of ip 2001:db8::/64 cost 1 limit 10",
                        "TAKE BUCKET all of everyone cost 1 limit 1000");
        decide(config, request().from("/run/socket"));
        assertThat(store.lastCharge()).contains("TAKE BUCKET a of ip unknown cost 1 limit 10");
    }

    @Test
    void identityOrder_isThatOfTheConfiguration() {
        FakeRequest all = request().user("carol").tenant("acme");
        String[][] cases = {{"[user, tenant, ip]", "user carol"}, {"[ip, user]", "ip 198.51.100.7"}};
        for (String[] each : cases) {
            Configuration read = Configuration.parse(
                    "weir.yaml", "identity: {tenant: [{attribute: tenantId}], order: " + each[0] + "}");
            try (RateLimiter limiter = RateLimiter.builder(read).store(store).build()) {
                assertThat(limiter.decide(all).charge().item(0).per()).hasToString(each[1]);
            }
        }
    }

    @Test
    void numbers_areThoseOfThePartThatTheRuleIsPer() {
        String config = PROFILES + """
                rules:
                  - {name: u, per: user, rate: requests}
                  - {name: t, per: tenant, rate: requests}
                """;
        String[][] cases = {
            {"acme", "carol", "120", "120"}, // a user without a profile has his tenant's
            {"acme", "eve", "500", "120"},
            {"globex", "gus", "7", "100"}, // tenant/user goes before user
            {"acme", "gus", "120", "120"},
            {"nobody", "gus", "120", "20"},
            {"nobody", "carol", "20", "20"}, // default
            {"globex", "carol", "100", "100"}, // the tenant's own number
        };
        for (String[] each : cases) {
            decide(config, request().tenant(each[0]).user(each[1]));
            assertThat(store.lastCharge())
                    .as("%s/%s", each[0], each[1])
                    .containsExactly(
                            "TAKE BUCKET u of user " + each[1] + " cost 1 limit " + each[2],
                            "TAKE BUCKET t of tenant " + each[0] + " cost 1 limit " + each[3]);
        }
    }

    @Test
    void block_isDecidedBeforeAnythingIsCharged() {
        try (RateLimiter limiter = limiter(PROFILES)) {
            Decision user = limiter.decide(request().user("mallory"));
            assertThat(user.status()).isEqualTo(Decision.Status.BLOCKED);
            assertThat(user.blockReason()).contains("abuse");
            assertThat(limiter.decide(request().tenant("banned").user("eve")).blockReason())
                    .contains("unpaid");
            assertThat(limiter.decide(request().tenant("banned")).isAdmitted()).isFalse();
            assertThat(limiter.peek(Identity.of(null, "mallory"), "GET", "/").status())
                    .isEqualTo(Decision.Status.BLOCKED);
            assertThat(store.charges).isEmpty();
            assertThat(limiter.decide(request().user("eve")).isAdmitted()).isTrue();
        }
    }

    @Test
    void exemption_goesBeforeBlocksAndRules() {
        String config = PROFILES
                + "exempt: [{path: /health/**}, {path: /api/**, from: [10.0.0.0/8]}]\n"
                + "rules: [{name: api, rate: 1/min}]";
        try (RateLimiter limiter = limiter(config)) {
            assertThat(limiter.decide(FakeRequest.get("/health").user("mallory"))
                            .status())
                    .isEqualTo(Decision.Status.EXEMPT);
            assertThat(limiter.decide(request().from("10.1.1.1")).status()).isEqualTo(Decision.Status.EXEMPT);
            assertThat(store.charges).isEmpty();
            FakeRequest forged = request().from("203.0.113.9").with("X-Forwarded-For", "10.1.1.1");
            assertThat(limiter.decide(forged).status()).isEqualTo(Decision.Status.ADMITTED);
            assertThat(store.charges).hasSize(1);
        }
    }

    @Test
    void preflight_countsForNobodyButItsAddress() {
        String config = """
                rules:
                  - {name: u, per: user, rate: 5/min}
                  - {name: a, per: ip, rate: 6/min}
                """;
        FakeRequest preflight = FakeRequest.of("OPTIONS", "/api")
                .with("Origin", "https://shop.example")
                .with("Access-Control-Request-Method", "PUT")
                .user("carol");
        decide(config, preflight);
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET a of ip 198.51.100.7 cost 1 limit 6");
        decide(config, FakeRequest.of("OPTIONS", "/api").user("carol"));
        assertThat(store.lastCharge()).hasSize(2);
    }

    /** Its address is all that is known of a real one, and an office must not share one quota for its preflights. */
    @Test
    void anonymousPreflight_isNotChargedPerIdentity() {
        String config = """
                rules:
                  - {name: i, per: identity, rate: requests}
                  - {name: e, per: everyone, rate: 7/min}
                """;
        decide(
                config,
                FakeRequest.of("OPTIONS", "/api")
                        .with("Origin", "https://shop.example")
                        .with("Access-Control-Request-Method", "PUT"));
        assertThat(store.lastCharge()).containsExactly("TAKE BUCKET e of everyone cost 1 limit 7");
    }

    @Test
    void actions_followModeAndCount() {
        String config = """
                rules:
                  - {name: live, rate: [9/min, 5/hour rolling], concurrent: 2}
                  - {name: shadow, rate: 8/min, concurrent: 2, mode: shadow}
                  - {name: counted, rate: 7/min, count: [401], cost: 3, concurrent: 4}
                  - {name: both, rate: 6/min, count: [401], mode: shadow}
                """;
        decide(config, request());
        String ip = " of ip 198.51.100.7 cost ";
        assertThat(store.lastCharge())
                .containsExactly(
                        "TAKE BUCKET live" + ip + "1 limit 9",
                        "TAKE ROLLING live" + ip + "1 limit 5",
                        "TAKE LEASE live" + ip + "1 limit 2",
                        "WATCH BUCKET shadow" + ip + "1 limit 8",
                        "LOOK BUCKET counted" + ip + "3 limit 7",
                        "TAKE LEASE counted" + ip + "1 limit 4",
                        "GLANCE BUCKET both" + ip + "1 limit 6");
        try (RateLimiter limiter = limiter(config)) {
            assertThat(limiter.peek(Identity.of(null, null, "198.51.100.7"), "GET", "/")
                            .isAdmitted())
                    .isTrue();
        }
        assertThat(store.lastCharge()).noneMatch(line -> line.startsWith("TAKE") || line.startsWith("WATCH"));
    }

    @Test
    void refill_namesAllBucketsOfTheCaller() {
        String config = "rules: [{name: a, per: ip, rate: 1/s}, {name: u, per: user, rate: 1/s},"
                + " {name: all, per: everyone, rate: 1/s}]";
        try (RateLimiter limiter = limiter(config)) {
            limiter.refill(Identity.of(null, "carol"));
        }
        assertThat(store.refilled.stream().map(Object::toString))
                .containsExactly(
                        "BUCKET u of user carol",
                        "ROLLING u of user carol",
                        "BUCKET catch-all of user carol",
                        "ROLLING catch-all of user carol");
    }
}
