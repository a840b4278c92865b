// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.Refusal;
import dev.weir.it.StructuredFields.Item;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.store.Outcome;
import jakarta.servlet.DispatcherType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the answers say. */
class AnswerTest {

    private static final String RULES = Limiters.ANYBODY + """
            exempt: [{path: /health/**}]
            profiles:
              users:
                mallory: {tier: free, blocked: Owes us a beer}
            rules:
              - {name: burst, path: /**, per: user, rate: 60/min burst 3}
              - {name: daily, path: /two, per: user, rate: [5/hour, 1000/day]}
              - {name: heavy, path: /heavy, per: user, rate: 100/min, cost: 2}
              - {name: strict, path: /strict, per: user, rate: 100/min, on-failure: closed}
              - {name: address, path: /cors, per: ip, rate: 2/min}
            """;

    @TempDir
    Path folder;

    private static WebApp app(RateLimiter limiter) {
        return new WebApp()
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/", (request, answer) -> {
                    answer.setContentType("text/plain;charset=UTF-8");
                    answer.setContentLength(6);
                    answer.getWriter().print("hello\n");
                });
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void admitted_carriesBothDialects(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            Answer one = Http.get(container, "/one", "X-User: ann");
            assertThat(one.status()).isEqualTo(200);
            assertThat(one.body()).isEqualTo("hello\n");
            assertThat(one.header("X-RateLimit-Limit")).isEqualTo("3");
            assertThat(one.header("X-RateLimit-Remaining")).isEqualTo("2");
            assertThat(one.header("X-RateLimit-Reset")).isEqualTo("1");
            assertThat(one.has("Retry-After")).isFalse();
            assertThat(one.has("Cache-Control")).isFalse();
            assertThat(one.has("Set-Cookie")).isFalse();
            Dialects.assertAgree(one, "burst");
            Item policy = StructuredFields.parse(one.header("RateLimit-Policy")).get(0);
            assertThat(policy.parameters()).isEqualTo(Map.of("q", 60L, "w", 60L, "weir-burst", 3L));
            Answer two = Http.get(container, "/two", "X-User: ann");
            Dialects.assertAgree(two, "burst");
            assertThat(Dialects.byName(StructuredFields.parse(two.header("RateLimit-Policy")))
                            .keySet())
                    .containsExactlyInAnyOrder("burst", "daily", "daily-2");
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void refused_saysWhenToComeBack(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 0; i < 3; i++) {
                Http.get(container, "/one", "X-User: ann");
            }
            Answer refused = Http.send(container, "POST", "/one", "a=b", "X-User: ann");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(refused.header("Cache-Control")).isEqualTo("no-store");
            assertThat(refused.number("Retry-After")).isEqualTo(1);
            assertThat(refused.number("Content-Length"))
                    .isEqualTo(refused.body().length());
            assertThat(refused.header("X-RateLimit-Remaining")).isEqualTo("0");
            assertThat(refused.body())
                    .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#quota-exceeded\","
                            + "\"title\":\"Quota exceeded\",\"status\":429,"
                            + "\"detail\":\"Too many requests. Retry in 1 second.\","
                            + "\"violated-policies\":[\"burst\"]}");
            Dialects.assertAgree(refused, "burst");
            Answer head = Http.send(container, "HEAD", "/one", "", "X-User: ann");
            assertThat(head.status()).isEqualTo(429);
            assertThat(head.body()).isEmpty();
            assertThat(head.number("Content-Length")).isEqualTo(refused.body().length());
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void head_hasTheLengthOfTheBodyThatIsNotSent(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            Answer head = Http.send(container, "HEAD", "/one", "", "X-User: ann");
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.body()).isEmpty();
            assertThat(head.number("Content-Length")).isEqualTo(6);
            Dialects.assertAgree(head, "burst");
        }
    }

    /** Its own 5 per hour is spent after five requests, so the longer wait of the two rules is told. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void refused_byTwoRules_tellsTheLongerWait(Containers kind) throws Exception {
        String rules = Limiters.ANYBODY + """
                rules:
                  - {name: short, path: /**, per: user, rate: 2/min}
                  - {name: long, path: /**, per: user, rate: [2/hour, 100/day]}
                """;
        try (RateLimiter limiter = Limiters.of(rules);
                Container container = kind.start(app(limiter), folder)) {
            Http.get(container, "/", "X-User: ann");
            Http.get(container, "/", "X-User: ann");
            Answer refused = Http.get(container, "/", "X-User: ann");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.number("Retry-After")).isBetween(1800L, 1980L);
            assertThat(refused.body()).contains("\"violated-policies\":[\"short\",\"long\"]");
            Dialects.assertAgree(refused, "long");
            Item spared = Dialects.byName(StructuredFields.parse(refused.header("RateLimit")))
                    .get("long-2");
            assertThat(spared.number("r")).isEqualTo(98);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void blocked_isForbiddenWithoutReasonAndNumbers(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            Answer blocked = Http.get(container, "/one", "X-User: mallory");
            assertThat(blocked.status()).isEqualTo(403);
            assertThat(blocked.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(blocked.body()).isEqualTo("{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403}");
            assertThat(blocked.header("Cache-Control")).isEqualTo("no-store");
            assertThat(blocked.has("Retry-After")).isFalse();
            Dialects.assertNone(blocked);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void impossible_isNotToldToComeBack(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.builder(RULES)
                        .requestCost((request, rule, cost) -> rule.equals("heavy") ? 101 : cost)
                        .build();
                Container container = kind.start(app(limiter), folder)) {
            Answer answer = Http.get(container, "/heavy", "X-User: ann");
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.has("Retry-After")).isFalse();
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.body()).contains("can ever hold").contains("\"violated-policies\":[\"heavy\"]");
            Map<String, Item> rates = Dialects.byName(StructuredFields.parse(answer.header("RateLimit")));
            assertThat(rates.get("heavy").parameters()).isEqualTo(Map.of("r", 100L));
            assertThat(Limiters.remaining(limiter, "ann", "/one")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void closedRule_isUnavailableWithoutStore(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.builder(RULES)
                        .store(FaultyStore.of(charge -> charge.fail(Outcome.NOT_SENT, null)))
                        .build();
                Container container = kind.start(app(limiter), folder)) {
            Answer closed = Http.get(container, "/strict", "X-User: ann");
            assertThat(closed.status()).isEqualTo(503);
            assertThat(closed.header("Retry-After")).isEqualTo("1");
            assertThat(closed.header("Cache-Control")).isEqualTo("no-store");
            assertThat(closed.header("Content-Type")).isEqualTo("application/problem+json");
            assertThat(closed.body()).contains("#temporary-reduced-capacity");
            Dialects.assertNone(closed);
            Answer open = Http.get(container, "/one", "X-User: ann");
            assertThat(open.status()).isEqualTo(200);
            Dialects.assertNone(open);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void exempt_carriesNothing(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 0; i < 5; i++) {
                Answer answer = Http.get(container, "/health/live", "X-User: ann", "Origin: http://a.test");
                assertThat(answer.status()).isEqualTo(200);
                Dialects.assertNone(answer);
                assertThat(answer.has("Access-Control-Expose-Headers")).isFalse();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void headersAndBody_canBeSwitchedOff(Containers kind) throws Exception {
        String bare = RULES + "responses: {headers: [], problem-json: false}\n";
        try (RateLimiter limiter = Limiters.of(bare);
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 0; i < 3; i++) {
                Dialects.assertNone(Http.get(container, "/one", "X-User: ann"));
            }
            Answer refused = Http.get(container, "/one", "X-User: ann");
            assertThat(refused.status()).isEqualTo(429);
            Dialects.assertNone(refused);
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.header("Cache-Control")).isEqualTo("no-store");
            assertThat(refused.body()).isEmpty();
            assertThat(refused.has("Content-Type")).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void refusalHandler_writesTheAnswer(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.builder(RULES)
                        .refusalHandler((request, decision, standard) -> Refusal.of(420)
                                .withBody("text/html;charset=UTF-8", "<p>Ruhe, b\u00e4!")
                                .withHeader("X-Own", "1"))
                        .build();
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 0; i < 3; i++) {
                Http.get(container, "/one", "X-User: ann");
            }
            Answer refused = Http.get(container, "/one", "X-User: ann");
            assertThat(refused.status()).isEqualTo(420);
            assertThat(refused.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=UTF-8");
            assertThat(refused.body()).isEqualTo("<p>Ruhe, b\u00e4!");
            assertThat(refused.number("Content-Length"))
                    .isEqualTo(refused.body().getBytes(StandardCharsets.UTF_8).length);
            assertThat(refused.header("X-Own")).isEqualTo("1");
            assertThat(refused.header("Retry-After")).isEqualTo("1");
            assertThat(refused.header("Cache-Control")).isEqualTo("no-store");
        }
    }
}
