// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Rules that charge some answers only, after these are known. */
class CountTest {

    private static final String RULES = """
            rules:
              - {name: failed-logins, path: /login, methods: [POST], per: ip, rate: 5/min, count: [401]}
              - {name: faults, path: /fault/**, per: ip, rate: 5/min, count: [500]}
              - {name: shadow, path: /shadow, per: ip, rate: 2/min, count: [401], mode: shadow}
              - {name: watch, path: /watch, per: ip, rate: 2/min, mode: shadow}
            """;
    private static final Identity LOCAL = Identity.of(null, null, "127.0.0.1");

    @TempDir
    Path folder;

    private static WebApp app(RateLimiter limiter) {
        return new WebApp()
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/login", (request, response) -> {
                    switch (request.getHeader("X-Try")) {
                        case "right" -> response.getWriter().print("welcome");
                        case "wrong" -> response.sendError(401);
                        case "flushed" -> {
                            response.setStatus(401);
                            response.getWriter().print("no");
                            response.flushBuffer();
                        }
                        default ->
                            CompletableFuture.completedFuture(request.startAsync())
                                    .thenAcceptAsync(async -> {
                                        response.setStatus(401);
                                        async.complete();
                                    })
                                    .exceptionally(e -> null);
                    }
                })
                .servlet("/fault/throws", (request, response) -> {
                    throw new IllegalStateException("wanted by a test");
                })
                .servlet("/fault/error", (request, response) -> {
                    throw new AssertionError("wanted by a test");
                })
                .servlet(
                        "/fault/none",
                        (request, response) -> response.getWriter().print("fine"))
                .servlet("/shadow", (request, response) -> response.setStatus(401))
                .servlet("/watch", (request, response) -> response.setStatus(204));
    }

    private static Answer login(Container container, String attempt) {
        return Http.send(container, "POST", "/login", "", "X-Try: " + attempt);
    }

    private static long left(RateLimiter limiter, String method, String path) {
        return limiter.peek(LOCAL, method, path).rates().get(0).remaining();
    }

    @ParameterizedTest
    @CsvSource({"TOMCAT,wrong", "TOMCAT,flushed", "TOMCAT,async", "JETTY,wrong", "JETTY,flushed", "JETTY,async"})
    void wrongOnes_areCountedAndThenRefused(Containers kind, String attempt) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 1; i <= 5; i++) {
                assertThat(login(container, "right").status()).isEqualTo(200);
                assertThat(login(container, attempt).status()).isEqualTo(401);
                int left = 5 - i;
                await().atMost(Duration.ofSeconds(5))
                        .pollInterval(Duration.ofMillis(2))
                        .untilAsserted(() ->
                                assertThat(left(limiter, "POST", "/login")).isEqualTo(left));
            }
            Answer refused = login(container, "right");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.number("Retry-After")).isBetween(12L, 13L);
            Dialects.assertAgree(refused, "failed-logins");
            assertThat(left(limiter, "POST", "/login")).isZero();
            assertThat(Http.send(container, "PUT", "/login", "", "X-Try: right").status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void headers_tellTheNumbersAfterSettling(Containers kind) throws Exception {
        String rules = RULES.replace("count: [401]}", "count: [401, 200]}");
        try (RateLimiter limiter = Limiters.of(rules);
                Container container = kind.start(app(limiter), folder)) {
            Answer right = login(container, "right");
            assertThat(right.header("X-RateLimit-Remaining")).isEqualTo("4");
            Dialects.assertAgree(right, "failed-logins");
            Answer flushed = login(container, "flushed");
            assertThat(flushed.header("X-RateLimit-Remaining")).isEqualTo("4");
            Dialects.assertAgree(flushed, "failed-logins");
            assertThat(left(limiter, "POST", "/login")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void exceptions_countAsServerErrors(Containers kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            assertThat(Http.get(container, "/fault/none").status()).isEqualTo(200);
            assertThat(Http.get(container, "/fault/throws").status()).isEqualTo(500);
            assertThat(left(limiter, "GET", "/fault/x")).isEqualTo(4);
            assertThat(Http.get(container, "/fault/error").status()).isEqualTo(500);
            assertThat(left(limiter, "GET", "/fault/x")).isEqualTo(3);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void shadowRules_countAndTellButNeverRefuse(Containers kind) throws Exception {
        List<String> told = new CopyOnWriteArrayList<>();
        try (RateLimiter limiter = Limiters.builder(RULES)
                        .listener(event -> told.addAll(event.decision().shadowRefusals()))
                        .build();
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 0; i < 4; i++) {
                Answer answer = Http.get(container, "/shadow");
                assertThat(answer.status()).isEqualTo(401);
                Dialects.assertNone(answer);
            }
            assertThat(told).containsExactly("shadow", "shadow");
            for (int i = 0; i < 3; i++) {
                assertThat(Http.get(container, "/watch").status()).isEqualTo(204);
            }
            assertThat(told).containsExactly("shadow", "shadow", "watch");
        }
    }
}
