// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.Refusal;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The filter among other filters, CORS, and bodies that it must not touch. */
class UpstreamTest {

    private static final String RULES = Limiters.ANYBODY + """
            rules:
              - {name: mine, path: /**, per: user, rate: 2/min}
              - {name: address, path: /cors, per: ip, rate: 4/min}
            """;

    @TempDir
    Path folder;

    private static WebApp app(Filter before, RateLimiter limiter) {
        return app(new WebApp().filter(before, DispatcherType.REQUEST), limiter);
    }

    private static WebApp app(WebApp app, RateLimiter limiter) {
        return app.filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/", (request, response) -> response.getWriter().print("hello"));
    }

    private static void exhaust(Container container, String user) {
        Http.get(container, "/", "X-User: " + user);
        Http.get(container, "/", "X-User: " + user);
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void committedResponse_isLeftAlone(Containers kind) throws Exception {
        AtomicInteger late = new AtomicInteger();
        Filter commits = (request, response, chain) -> {
            response.getWriter().print("first ");
            response.flushBuffer();
            chain.doFilter(request, countingHeaders((HttpServletResponse) response, late));
        };
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(commits, limiter), folder)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = Http.get(container, "/", "X-User: ann");
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).isEqualTo(i < 2 ? "first hello" : "first ");
                Dialects.assertNone(answer);
            }
        }
        assertThat(late).as("headers that were tried all the same").hasValue(0);
    }

    private static HttpServletResponse countingHeaders(HttpServletResponse response, AtomicInteger count) {
        return new HttpServletResponseWrapper(response) {
            @Override
            public void setHeader(String name, String value) {
                count.incrementAndGet();
                super.setHeader(name, value);
            }
        };
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void writerAskedForBefore_stillGetsTheBody(Containers kind) throws Exception {
        Filter asks = (request, response, chain) -> {
            response.getWriter().print("draft");
            chain.doFilter(request, response);
        };
        String text = "Zu viel, b\u00e4! ";
        try (RateLimiter limiter = Limiters.builder(RULES)
                        .refusalHandler((request, decision, standard) ->
                                Refusal.of(429).withBody("text/plain;charset=UTF-8", text))
                        .build();
                Container container = kind.start(app(asks, limiter), folder)) {
            exhaust(container, "ann");
            Answer refused = Http.raw(container, "/", "X-User: ann");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.body()).startsWith("Zu viel, b").endsWith("! ").doesNotContain("draft");
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void wrappedRequestAndResponse_workAsBare(Containers kind) throws Exception {
        Filter wraps = (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request),
                new HttpServletResponseWrapper((HttpServletResponse) response));
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(wraps, limiter), folder)) {
            exhaust(container, "ann");
            Answer refused = Http.get(container, "/", "X-User: ann");
            assertThat(refused.status()).isEqualTo(429);
            Dialects.assertAgree(refused, "mine");
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void otherOrigin_mayReadTheHeaders(Containers kind) throws Exception {
        Filter cors = (request, response, chain) -> {
            HttpServletResponse http = (HttpServletResponse) response;
            http.setHeader("Access-Control-Allow-Origin", "*");
            http.setHeader("Access-Control-Expose-Headers", "X-Request-Id");
            chain.doFilter(request, response);
        };
        String ours =
                "Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, RateLimit, RateLimit-Policy";
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(cors, limiter), folder)) {
            for (int i = 0; i < 3; i++) {
                Answer answer = Http.raw(container, "/", "X-User: ann", "Origin: http://shop.test");
                assertThat(answer.status()).isEqualTo(i < 2 ? 200 : 429);
                assertThat(String.join(", ", answer.lines("Access-Control-Expose-Headers")))
                        .isEqualTo("X-Request-Id, " + ours);
            }
            assertThat(Http.get(container, "/", "X-User: bob").header("Access-Control-Expose-Headers"))
                    .isEqualTo("X-Request-Id");
        }
    }

    /** A preflight carries no credentials: it counts for its address, and for nobody else. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void preflight_countsForItsAddressOnly(Containers kind) throws Exception {
        String[] preflight = {"X-User: ann", "Origin: http://shop.test", "Access-Control-Request-Method: PUT"};
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(new WebApp(), limiter), folder)) {
            for (int i = 0; i < 4; i++) {
                Answer answer = Http.send(container, "OPTIONS", "/cors", "", preflight);
                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("4");
            }
            assertThat(Http.send(container, "OPTIONS", "/cors", "", preflight).status())
                    .isEqualTo(429);
            assertThat(Http.send(container, "OPTIONS", "/elsewhere", "", preflight)
                            .status())
                    .isEqualTo(200);
            assertThat(Limiters.remaining(limiter, "ann", "/")).isEqualTo(2);
            Http.send(container, "OPTIONS", "/", "", "X-User: ann", "Origin: http://shop.test");
            assertThat(Limiters.remaining(limiter, "ann", "/")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void bodies_reachTheServletWhole(Containers kind) throws Exception {
        WebApp app = new WebApp()
                .servlet("/form", (request, response) -> {
                    request.setCharacterEncoding("UTF-8");
                    response.getWriter().print(request.getParameter("q").length());
                })
                .servlet(
                        "/raw",
                        (request, response) -> response.getWriter()
                                .print(request.getInputStream().readAllBytes().length))
                .servlet(
                        "/parts",
                        (request, response) -> response.getWriter()
                                .print(new String(
                                        request.getPart("file").getInputStream().readAllBytes(),
                                        StandardCharsets.UTF_8)));
        String multipart =
                "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nold\r\n--x--\r\n";
        try (RateLimiter limiter = Limiters.of(Limiters.ANYBODY + "rules: [{name: a, path: /**, rate: 9/min}]\n");
                Container container = kind.start(app(app, limiter), folder)) {
            Answer form = Http.send(
                    container, "POST", "/form", "q=%C3%A4%C3%B6", "Content-Type: application/x-www-form-urlencoded");
            assertThat(form.body()).isEqualTo("2");
            assertThat(form.has("Set-Cookie")).isFalse();
            assertThat(Http.send(container, "POST", "/raw", "x=y", "Content-Type: application/x-www-form-urlencoded")
                            .body())
                    .isEqualTo("3");
            Answer parts =
                    Http.send(container, "POST", "/parts", multipart, "Content-Type: multipart/form-data; boundary=x");
            assertThat(parts.body()).isEqualTo("old");
            assertThat(parts.header("X-RateLimit-Remaining")).isEqualTo("6");
        }
    }
}
