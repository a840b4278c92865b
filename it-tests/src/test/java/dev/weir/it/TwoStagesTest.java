// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One limiter in front of a filter that authenticates, and behind it. */
class TwoStagesTest {

    private static final String RULES = """
            identity: {ip: {trusted-proxies: [127.0.0.1/32]}}
            rules:
              - {name: flood, path: /**, per: ip, rate: 30/hour}
              - {name: wrong, path: /**, per: ip, rate: 5/hour, count: [401], concurrent: 2}
              - {name: api, path: /**, per: user, rate: 3/hour, concurrent: 2}
            """;
    private static final String ATTACKER = "X-Forwarded-For: 203.0.113.66";
    private static final String HOME = "X-Forwarded-For: 198.51.100.1";

    @TempDir
    Path folder;

    private final BasicAuth auth = new BasicAuth();

    private Container start(Containers kind, RateLimiter limiter) throws Exception {
        WebApp app = new WebApp()
                .step(context -> RateLimitFilter.registerEdge(context, limiter))
                .filter(auth, DispatcherType.REQUEST)
                .step(context -> RateLimitFilter.register(context, limiter))
                .servlet("/", (request, response) -> response.getWriter().print("hello"))
                .servlet("/later", (request, response) -> {
                    var async = request.startAsync();
                    async.start(async::complete);
                });
        return kind.start(app, Files.createDirectories(folder.resolve("work")));
    }

    private static long left(RateLimiter limiter, Identity identity, int rate) {
        return limiter.peek(identity, "GET", "/").rates().get(rate).remaining();
    }

    private static Identity at(String forwarded) {
        return Identity.of(null, null, forwarded.substring("X-Forwarded-For: ".length()));
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void floodOfWrongPasswords_isRefusedInFrontOfAuthentication(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = start(kind, limiter)) {
            for (int i = 0; i < 5; i++) {
                assertThat(Http.get(container, "/", ATTACKER, BasicAuth.header("victim", "guess" + i))
                                .status())
                        .isEqualTo(401);
            }
            for (int i = 0; i < 50; i++) {
                Answer answer = Http.get(container, "/", ATTACKER, BasicAuth.header("victim", "more" + i));
                assertThat(answer.status()).isEqualTo(429);
                assertThat(answer.body()).contains("\"violated-policies\":[\"wrong\"]");
                assertThat(answer.number("Retry-After")).isGreaterThanOrEqualTo(720);
            }
            assertThat(auth.attempts())
                    .as("attempts that reached authentication")
                    .isEqualTo(5);
            assertThat(left(limiter, at(ATTACKER), 0))
                    .as("refused requests cost nothing")
                    .isEqualTo(25);
            Answer victim = Http.get(container, "/", HOME, BasicAuth.header("victim", "right"));
            assertThat(victim.status()).isEqualTo(200);
            assertThat(victim.header("RateLimit")).contains("\"api\";r=2");
            Limiters.awaitNothingInFlight(limiter);
        }
    }

    /** Whatever the passwords are, a flood that never passes authentication is a flood. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void floodWithoutCredentials_isRefusedAtTheEdge(Containers kind) throws Exception {
        String rules = RULES.replace("5/hour, count", "500/hour, count");
        try (RateLimiter limiter = Limiters.of(rules);
                Container container = start(kind, limiter)) {
            for (int i = 0; i < 40; i++) {
                assertThat(Http.get(container, "/", ATTACKER).status()).isEqualTo(i < 30 ? 401 : 429);
            }
            assertThat(auth.attempts()).isEqualTo(30);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void refusalBehindAuthentication_leavesTheEdgeCharged(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = start(kind, limiter)) {
            String carol = BasicAuth.header("carol", "right");
            for (int i = 0; i < 3; i++) {
                Answer answer = Http.get(container, "/", HOME, carol, "Origin: https://shop.example");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo(Integer.toString(2 - i));
                assertThat(answer.header("RateLimit-Policy"))
                        .isEqualTo("\"flood\";q=30;w=3600, \"wrong\";q=5;w=3600, \"api\";q=3;w=3600");
                assertThat(answer.lines("Access-Control-Expose-Headers")).hasSize(1);
            }
            Answer refused = Http.get(container, "/", HOME, carol);
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).contains("[\"api\"]");
            assertThat(refused.header("X-RateLimit-Limit")).isEqualTo("3");
            assertThat(left(limiter, at(HOME), 0)).isEqualTo(26);
            Limiters.awaitNothingInFlight(limiter);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void answerThatTheEdgeCounts_leavesTheHeadersOfBoth(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES.replace("count: [401]", "count: [200]"));
                Container container = start(kind, limiter)) {
            Answer answer = Http.get(container, "/", HOME, BasicAuth.header("carol", "right"));
            assertThat(answer.header("RateLimit")).contains("\"flood\";r=29", "\"wrong\";r=4", "\"api\";r=2");
            assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("3");
        }
    }

    /** Both stages end with the request, and the edge settles what was answered behind it. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void asynchronousRequest_endsAtBothStages(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES.replace("count: [401]", "count: [200]"));
                Container container = start(kind, limiter)) {
            assertThat(Http.get(container, "/later", HOME, BasicAuth.header("carol", "right"))
                            .status())
                    .isEqualTo(200);
            Limiters.awaitNothingInFlight(limiter);
            await().atMost(Duration.ofSeconds(5))
                    .untilAsserted(() -> assertThat(left(limiter, at(HOME), 1)).isEqualTo(4));
            assertThat(left(limiter, at(HOME), 0)).isEqualTo(29);
        }
    }

    /** Guesses at the same moment all look before one is charged; the edge lets only two do so. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void guessesAtTheSameMoment_areBoundedAtTheEdge(Containers kind) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch gate = new CountDownLatch(1);
        try (RateLimiter limiter = Limiters.of(RULES.replace("5/hour, count", "500/hour, count"));
                Container container = kind.start(
                        new WebApp()
                                .step(context -> RateLimitFilter.registerEdge(context, limiter))
                                .filter(
                                        (request, response, chain) -> {
                                            most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                                            pass(gate);
                                            inside.decrementAndGet();
                                            ((jakarta.servlet.http.HttpServletResponse) response).setStatus(401);
                                        },
                                        DispatcherType.REQUEST)
                                .servlet("/", (request, response) -> response.setStatus(204)),
                        folder)) {
            List<CompletableFuture<Answer>> guesses = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                guesses.add(Http.getAsync(container, "/", ATTACKER));
            }
            await().atMost(Duration.ofSeconds(10))
                    .until(() ->
                            guesses.stream().filter(CompletableFuture::isDone).count() == 8);
            gate.countDown();
            assertThat(guesses.stream().map(guess -> guess.join().status()).toList())
                    .containsOnly(401, 429)
                    .filteredOn(status -> status == 401)
                    .hasSize(2);
            assertThat(most).hasValue(2);
            Limiters.awaitNothingInFlight(limiter);
        }
    }

    private static void pass(CountDownLatch gate) {
        try {
            assertThat(gate.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A request that has not come by the edge is decided about by all rules. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void identityAlone_knowsAllRules(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(
                        new WebApp()
                                .filter(auth, DispatcherType.REQUEST)
                                .step(context -> RateLimitFilter.register(context, limiter))
                                .servlet("/", (request, response) -> response.setStatus(204)),
                        folder)) {
            Answer answer = Http.get(container, "/", HOME, BasicAuth.header("carol", "right"));
            assertThat(answer.header("RateLimit")).contains("\"flood\";r=29", "\"api\";r=2");
        }
    }

    /** In web.xml: filters that name the same file are two stages of one limiter. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void filtersOfWebXml_shareTheLimiterOfTheirFile(Containers kind) throws Exception {
        Path root = Files.createDirectories(folder.resolve("app/WEB-INF"));
        Files.writeString(root.resolve("weir.yaml"), RULES);
        WebApp app = new WebApp()
                .root(root.getParent())
                .describedFilter(RateLimitFilter.class, Map.of("config", "/WEB-INF/weir.yaml", "stage", "edge"))
                .describedFilter(auth)
                .describedFilter(RateLimitFilter.class, Map.of("config", "/WEB-INF/weir.yaml", "stage", "identity"))
                .servlet("/", (request, response) -> response.getWriter().print("hello"));
        try (Container container = kind.start(app, Files.createDirectories(folder.resolve("work")))) {
            assertThat(Http.get(container, "/", HOME).status()).isEqualTo(401);
            for (int i = 0; i < 3; i++) {
                Answer answer = Http.get(container, "/", HOME, BasicAuth.header("carol", "right"));
                assertThat(answer.header("RateLimit"))
                        .as("one bucket, which the request without credentials has paid into too")
                        .contains("\"flood\";r=" + (28 - i), "\"api\";r=" + (2 - i));
            }
            assertThat(Http.get(container, "/", ATTACKER).status()).isEqualTo(401);
            assertThat(Http.get(container, "/", ATTACKER).header("RateLimit"))
                    .contains("\"flood\";r=28", "\"wrong\";r=4")
                    .doesNotContain("api");
        }
    }
}
