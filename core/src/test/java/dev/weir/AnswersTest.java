// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.store.ChargeItem;
import dev.weir.store.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Sections 12.3 to 12.6 and 8 of the design: the tightest rate, numbers that agree, refusals. */
class AnswersTest {

    private static final long SECOND = 1_000_000_000;
    private static final String THREE = """
            rules:
              - {name: a, rate: 10/min, cost: 2}
              - {name: b, rate: [20/min burst 5, 100/hour]}
              - {name: c, rate: 5/hour rolling, concurrent: 3}
            """;

    private final FakeStore store = new FakeStore();

    private RateLimiter limiter(String config) {
        return RateLimiter.builder(Configuration.parse("weir.yaml", config))
                .store(store)
                .build();
    }

    private Decision decide(String config) {
        try (RateLimiter limiter = limiter(config)) {
            return limiter.decide(FakeRequest.get("/"));
        }
    }

    private Map<String, String> headers(String config) {
        try (RateLimiter limiter = limiter(config)) {
            Map<String, String> headers = new LinkedHashMap<>();
            limiter.headers(limiter.decide(FakeRequest.get("/")), headers::put);
            return headers;
        }
    }

    private String body(Decision decision) {
        try (RateLimiter limiter = limiter("{}")) {
            return new String(limiter.refusal(FakeRequest.get("/"), decision).body(), StandardCharsets.UTF_8);
        }
    }

    private static Consumer<ChargeItem> report(long available, double wait, double reset) {
        return item -> {
            item.report(0, available, (long) (wait * SECOND), (long) (reset * SECOND));
            if (wait > 0) {
                item.verdict(Verdict.REFUSED);
            }
        };
    }

    @Test
    void tightest_isTheLeastRemainingDividedByCost() {
        store.answer("a", report(7, 0, 1)).answer("b", report(4, 0, 1)).answer("c", report(4, 0, 1));
        store.answer("BUCKET b", item -> item.report(1, 90, 0, SECOND));
        assertThat(decide(THREE).tightest()).hasValueSatisfying(rate -> {
            assertThat(rate.rule()).isEqualTo("a");
            assertThat(rate.remaining()).isEqualTo(7);
        });
    }

    @Test
    void tightest_ofEqualRates_isTheLongerReset_thenTheFirst() {
        store.answer("a", report(8, 0, 5)).answer("b", report(4, 0, 6)).answer("c", report(4, 0, 6));
        store.answer("BUCKET b", item -> item.report(1, 90, 0, SECOND));
        assertThat(decide(THREE).tightest().orElseThrow().policy()).isEqualTo("b");
    }

    @Test
    void tightest_ofRefused_isTheLongestWait() {
        store.answer("a", report(0, 2, 3)).answer("b", report(1, 0, 900)).answer("c", report(3, 4, 4));
        Decision decision = decide(THREE);
        assertThat(decision.tightest().orElseThrow().policy()).isEqualTo("c");
        assertThat(decision.refusingRules()).containsExactly("a", "c");
        assertThat(decision.retryAfter().orElseThrow()).hasSeconds(4);
    }

    @Test
    void secondRateOfARule_hasANumberBehindItsName() {
        store.answer("BUCKET b", item -> item.report(1, 0, 0, SECOND));
        assertThat(decide(THREE).tightest().orElseThrow().policy()).isEqualTo("b-2");
    }

    @Test
    void shadowAndEveryone_stayOutOfHeaders_unlessEveryoneRefused() {
        String config = """
                rules:
                  - {name: a, rate: 10/min}
                  - {name: s, rate: 5/min, mode: shadow}
                  - {name: all, per: everyone, rate: 100/s}
                """;
        store.refuse("s", SECOND);
        Decision decision = decide(config);
        assertThat(decision.isAdmitted()).isTrue();
        assertThat(decision.shadowRefusals()).containsExactly("s");
        assertThat(headers(config).get("RateLimit")).isEqualTo("\"a\";r=9;t=1");
        store.refuse("all", SECOND);
        assertThat(headers(config).get("RateLimit")).isEqualTo("\"a\";r=9;t=1, \"all\";r=0;t=1");
        assertThat(headers(config)).containsEntry("X-RateLimit-Limit", "100");
    }

    @Test
    void headers_ofAnAdmittedRequest_agree() {
        store.answer("BUCKET b", item -> {
            item.report(0, 3, 0, SECOND + 1);
            item.report(1, 90, 0, 360 * SECOND);
        });
        assertThat(headers(THREE))
                .isEqualTo(Map.of(
                        "X-RateLimit-Limit", "5",
                        "X-RateLimit-Remaining", "3",
                        "X-RateLimit-Reset", "2",
                        "RateLimit-Policy",
                                "\"a\";q=10;w=60, \"b\";q=20;w=60;weir-burst=5, \"b-2\";q=100;w=3600, \"c\";q=5;w=3600",
                        "RateLimit", "\"a\";r=9;t=1, \"b\";r=3;t=2, \"b-2\";r=90;t=360, \"c\";r=4;t=1"));
    }

    @Test
    void headers_ofARefusedRequest_sayRetryAfter() {
        store.answer("a", report(1, 2.1, 50));
        Map<String, String> headers = headers("rules: [{name: a, rate: 10/min}]");
        assertThat(headers)
                .isEqualTo(Map.of(
                        "X-RateLimit-Limit", "10",
                        "X-RateLimit-Remaining", "1",
                        "X-RateLimit-Reset", "50",
                        "RateLimit-Policy", "\"a\";q=10;w=60",
                        "RateLimit", "\"a\";r=1;t=3",
                        "Retry-After", "3",
                        "Cache-Control", "no-store"));
    }

    @Test
    void refusedLease_hasItsOwnPair_andRetryAfterOne() {
        store.answer("LEASE api", item -> item.verdict(Verdict.REFUSED));
        Map<String, String> headers = headers("rules: [{name: api, rate: 60/min, concurrent: 20}]");
        assertThat(headers)
                .containsEntry("Retry-After", "1")
                .containsEntry("X-RateLimit-Remaining", "59")
                .containsEntry(
                        "RateLimit-Policy", "\"api\";q=60;w=60, \"api-concurrent\";q=20;qu=\"concurrent-requests\"")
                .containsEntry("RateLimit", "\"api\";r=59;t=1, \"api-concurrent\";r=0");
    }

    @Test
    void impossible_hasNoTimeToComeBack() {
        store.answer("a", item -> {
            item.report(0, 10, Long.MAX_VALUE, 0);
            item.verdict(Verdict.IMPOSSIBLE);
        });
        String config = "rules: [{name: a, rate: 10/min}]";
        Decision decision = decide(config);
        assertThat(decision.status()).isEqualTo(Decision.Status.IMPOSSIBLE);
        assertThat(decision.retryAfter()).isEmpty();
        assertThat(headers(config)).doesNotContainKey("Retry-After").containsEntry("RateLimit", "\"a\";r=10");
        assertThat(body(decision)).contains("This request costs more than the quota can ever hold.");
    }

    @Test
    void retryAfter_isNeverEarlyAndAtMostATenthLate() {
        for (double wait : new double[] {0.001, 1, 9.5, 10, 99, 100.5, 3600}) {
            store.refuse("a", (long) (wait * SECOND));
            long least = Long.MAX_VALUE;
            long most = 0;
            for (int i = 0; i < 300; i++) {
                long seconds = decide("rules: [{name: a, rate: 10/min}]")
                        .retryAfter()
                        .orElseThrow()
                        .toSeconds();
                least = Math.min(least, seconds);
                most = Math.max(most, seconds);
            }
            long exact = (long) Math.ceil(wait);
            assertThat(least).isGreaterThanOrEqualTo(exact);
            assertThat(most).isLessThanOrEqualTo(exact + exact / 10);
            assertThat(most > least).as("jitter of %s s", wait).isEqualTo(exact >= 10);
        }
    }

    @Test
    void headers_areThoseOfTheConfiguration() {
        String rules = "\nrules: [{name: a, rate: 10/min}]";
        assertThat(headers("responses: {headers: []}" + rules)).isEmpty();
        assertThat(headers("responses: {headers: [ietf]}" + rules)).containsOnlyKeys("RateLimit-Policy", "RateLimit");
        try (RateLimiter limiter = limiter("responses: {headers: [x-ratelimit]}")) {
            assertThat(limiter.exposedHeaders())
                    .isEqualTo("Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset");
        }
    }

    @Test
    void refusals_nameTheRuleAndNeverTheCaller() {
        store.refuse("a", SECOND).refuse("b", SECOND);
        try (RateLimiter limiter = limiter("profiles: {users: {mallory: {blocked: abuse}}}\n" + THREE)) {
            FakeRequest request = FakeRequest.get("/").user("carol");
            Decision refused = limiter.decide(request);
            Refusal answer = limiter.refusal(request, refused);
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.contentType()).isEqualTo("application/problem+json");
            assertThat(body(refused))
                    .isEqualTo(
                            "{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                                    + "\"title\":\"Quota exceeded\",\"status\":429,"
                                    + "\"detail\":\"Too many requests. Retry in 1 second.\",\"violated-policies\":[\"a\",\"b\"]}");
            Decision blocked = limiter.decide(request.user("mallory"));
            assertThat(limiter.refusal(request, blocked).status()).isEqualTo(403);
            assertThat(body(blocked)).isEqualTo("{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403}");
            assertThatThrownBy(() -> limiter.refusal(request, Decision.exempt()))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new StandardRefusal(false).of(Decision.degraded(false)).body())
                .isEmpty();
        assertThat(new StandardRefusal(false).of(Decision.degraded(false)).status())
                .isEqualTo(503);
        assertThat(body(Decision.degraded(false))).contains("temporary-reduced-capacity");
    }

    @Test
    void refusal_takesNoControlCharactersIntoHeaders() {
        Refusal refusal = Refusal.of(429).withHeader("X-A", "b").withBody("text/plain", "é");
        assertThat(refusal.headers()).containsEntry("X-A", "b");
        assertThat(refusal.body()).hasSize(2);
        assertThatThrownBy(() -> refusal.withHeader("X-A", "b\r\nSet-Cookie: x"))
                .hasMessageContaining("control");
        for (String name : List.of("", "X A", "X:A", "X-A\r\nSet-Cookie", "é")) {
            assertThatThrownBy(() -> refusal.withHeader(name, "b")).hasMessageContaining("name");
        }
        assertThatThrownBy(() -> refusal.withBody("text/plain\r\nSet-Cookie: x", "b"))
                .hasMessage("type must have no control characters");
        assertThatThrownBy(() -> Refusal.of(200)).hasMessage("status must be 400 to 599 but was 200");
    }
}
