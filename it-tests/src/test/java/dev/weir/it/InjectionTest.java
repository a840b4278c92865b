// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.Refusal;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing that a request holds gets into a header or onto a line of the log in a way that could be mistaken. */
class InjectionTest {

    private static final String RULES = """
            identity:
              tenant: [{attribute: tenant}]
              user: [{attribute: user}]
            rules:
              - {name: user, path: /**, per: user, rate: 1/hour, concurrent: 2}
              - {name: ip, path: /**, per: ip, rate: 1000000/hour}
              - {name: shadow, path: /**, per: user, rate: 1/hour, mode: shadow}
            """;

    /** Names that an application may have let through. */
    private static final List<String> NAMES = List.of(
            "a\r\nX-Forged: 1\r\n\r\nforged",
            "a\nforged line",
            "a\rforged",
            "\0",
            "\u0001\u0002\u001b[31mforged\u001b[2J",
            "\u007f\u0080\u0085forged\u009b31m",
            "a\u2028forged\u2029forged",
            "\ud800",
            "\udc00\ud800",
            "\u202eforged",
            "\"forged\", \"x\";r=9",
            "%0d%0aX-Forged: 1",
            "${jndi:ldap://forged}",
            "{0} %s %n {} forged",
            "</script>forged");

    private static final List<String> TARGETS = List.of(
            "/%0d%0aX-Forged:%201",
            "/%0aforged%20line",
            "/%c2%85forged",
            "/%e2%80%a8forged",
            "/%1b%5b31mforged",
            "/%ed%a0%80forged",
            "/%0d",
            "/\u0085forged",
            "/a?\u0000forged",
            "/a\tforged",
            "/{0}%25n");

    @TempDir
    Path folder;

    private static WebApp app(RateLimiter limiter) {
        return new WebApp()
                .filter(
                        (request, response, chain) -> {
                            String number = request.getParameter("name");
                            String name = number == null ? "nobody" : NAMES.get(Integer.parseInt(number));
                            request.setAttribute("user", name);
                            request.setAttribute("tenant", name);
                            chain.doFilter(request, response);
                        },
                        DispatcherType.REQUEST)
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/", (request, response) -> response.setStatus(204));
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void hostileNames_stayOutOfHeadersBodiesAndLogs(Containers kind) throws Exception {
        try (LogCapture log = LogCapture.ofAll();
                RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            for (int i = 0; i < NAMES.size(); i++) {
                assertClean(Http.raw(container, "/?name=" + i), 204);
                assertClean(Http.raw(container, "/?name=" + i), 429);
            }
            assertClean(log);
        }
    }

    /** What an application throws often repeats what the caller has sent. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void portsThatRepeatWhatWasSent_areLoggedWithoutControlCharacters(Containers kind) throws Exception {
        for (int broken = 0; broken < NAMES.size(); broken++) {
            String name = NAMES.get(broken);
            try (LogCapture log = LogCapture.ofAll();
                    RateLimiter limiter = Limiters.builder(RULES)
                            .requestCost((request, rule, cost) -> fail(name))
                            .listener(event -> fail(event.identity().toString()))
                            .refusalHandler((request, decision, standard) -> own(name, decision, standard))
                            .build();
                    Container container = kind.start(app(limiter), folder)) {
                assertClean(Http.raw(container, "/?name=" + broken), 204);
                assertClean(Http.raw(container, "/?name=" + broken), 429);
                assertThat(log.texts(logger -> logger.equals("dev.weir")))
                        .as("a line for the cost, the listener and the shadow")
                        .hasSizeGreaterThan(3);
                assertClean(log);
            }
        }
    }

    private static long fail(String text) {
        IllegalStateException thrown = new IllegalStateException(text, new IOException(text));
        thrown.addSuppressed(new AssertionError(text));
        throw thrown;
    }

    private static Refusal own(String name, Decision decision, Refusal standard) {
        assertThat(decision.isAdmitted()).isFalse();
        return standard.withHeader("X-Caller", name).withHeader(name, "1");
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void hostileTargetsMethodsAndHeaders_stayOutOfHeadersAndLogs(Containers kind) throws Exception {
        List<String> methods = List.of("GET", "F\u0085O", "FO\tO", "{0}", "GET\u001b[31m", "forged", "OPTIONS");
        List<String> values =
                List.of("\u0085forged", "a\u0000forged", "\u001b[2Jforged", "\u009b31m", "a\r\n forged", "\rforged");
        try (LogCapture log = LogCapture.ofAll();
                RateLimiter limiter = Limiters.builder(RULES)
                        .listener(event -> fail(event.method() + " " + event.path()))
                        .requestCost((request, rule, cost) -> fail(request.path() + request.header("X-Any")))
                        .build();
                Container container = kind.start(app(limiter), folder)) {
            for (String target : TARGETS) {
                assertClean(Http.raw(container, target), 204, 400, 404, 429);
            }
            for (String method : methods) {
                assertClean(Http.rawOf(container, method, "/"), 204, 400, 404, 405, 429, 501);
            }
            for (String value : values) {
                for (String header : List.of("X-Any", "X-Forwarded-For", "Forwarded", "Origin", "Authorization")) {
                    assertClean(Http.raw(container, "/", header + ": " + value), 204, 400, 429);
                }
            }
            assertClean(log);
        }
    }

    private static void assertClean(Answer answer, Integer... statuses) {
        assertThat(answer.status()).isIn((Object[]) statuses);
        assertThat(answer.has("X-Forged")).isFalse();
        answer.headers()
                .forEach((name, values) -> assertThat(name + String.join("", values))
                        .matches("[ -~]*")
                        .doesNotContain("forged"));
        if (answer.status() == 429) {
            assertThat(answer.body()).matches("[ -~]*").doesNotContain("forged");
        }
    }

    /** Weir's own lines hold no control character at all; no line of anybody begins with what a caller has sent. */
    private static void assertClean(LogCapture log) {
        assertThat(log.texts(name -> name.startsWith("dev.weir")))
                .allSatisfy(text -> assertThat(text).matches("[^\\p{Cc}\\p{Cs}\\u2028\\u2029]*"));
        assertThat(log.texts(name -> true))
                .flatExtracting(text -> text.lines().toList())
                .noneMatch(line -> line.startsWith("forged") || line.startsWith("X-Forged"));
    }
}
