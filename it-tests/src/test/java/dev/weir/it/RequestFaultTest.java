// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.testkit.ManualClock;
import dev.weir.time.TimeSource;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A filter before has wrapped request or response, and one of the methods is broken: nobody else is to notice. */
class RequestFaultTest {

    private static final String RULES = """
            identity:
              tenant: [{attribute: tenant}]
              user: [{header: X-User, trusted-peers: [127.0.0.1/32]}, principal]
              ip: {trusted-proxies: [127.0.0.0/8]}
            rules:
              - {name: api, path: /**, per: ip, rate: 1000000/hour, concurrent: 3}
              - {name: everyone, path: /**, per: everyone, rate: 1000000/hour, concurrent: 3}
              - {name: counted, path: /**, per: ip, rate: 1000000/hour, count: [200]}
              - {name: tight, path: /tight, per: everyone, rate: 1/hour}
            """;

    private static final List<String> OF_REQUEST = List.of(
            "getAttribute",
            "setAttribute",
            "getDispatcherType",
            "getMethod",
            "getServletPath",
            "getPathInfo",
            "getHeader",
            "getHeaders",
            "getUserPrincipal",
            "getRemoteAddr",
            "isAsyncStarted",
            "getAsyncContext");
    private static final List<String> OF_RESPONSE = List.of(
            "isCommitted", "setHeader", "addHeader", "getStatus", "setContentType", "setContentLength", "resetBuffer");

    @TempDir
    Path folder;

    /** Whatever is called, it works, but for the one method. */
    private static <T> T broken(Class<T> type, T works, String method, Fault fault) {
        Object proxy =
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> {
                    if (called.getName().equals(method)) {
                        return fault.happen(Fault.EVIL);
                    }
                    try {
                        return called.invoke(works, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        return type.cast(proxy);
    }

    /** The container itself sees the request and the response that work. */
    private static WebApp app(RateLimiter limiter) {
        RateLimitFilter weir = new RateLimitFilter(limiter);
        Filter breaks = (request, response, chain) -> {
            HttpServletRequest http = (HttpServletRequest) request;
            String method = http.getHeader("X-Method");
            Fault fault = Fault.valueOf(http.getHeader("X-Fault"));
            weir.doFilter(
                    broken(HttpServletRequest.class, http, method, fault),
                    broken(HttpServletResponse.class, (HttpServletResponse) response, method, fault),
                    (seen, answer) -> chain.doFilter(request, response));
        };
        return new WebApp()
                .filter(breaks, DispatcherType.REQUEST)
                .servlet("/", (request, response) -> response.getWriter().print("hello"))
                .servlet("/async", (request, response) -> request.startAsync().complete());
    }

    private static void assertAnswered(Answer answer, String what) {
        assertThat(answer.status()).as("%s: %s", what, answer.body()).isEqualTo(200);
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void brokenRequest_isAnswered_andNothingStaysHeld(Containers kind) throws Exception {
        try (LogCapture log = new LogCapture();
                RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            for (String method : OF_REQUEST) {
                for (Fault fault : Fault.values()) {
                    String[] headers = {
                        "X-Method: " + method,
                        "X-Fault: " + fault,
                        "X-User: ann",
                        "Origin: http://a",
                        "X-Forwarded-For: 1.2.3.4"
                    };
                    String what = method + " " + fault;
                    assertAnswered(Http.raw(container, "/", headers), what);
                    assertAnswered(Http.raw(container, "/async", headers), what);
                    Answer tight = Http.raw(container, "/tight", headers);
                    assertThat(tight.status()).as(what).isIn(200, 429);
                    assertThat(tight.status() == 200 || tight.body().contains("quota-exceeded"))
                            .as("%s: a refusal is whole: %s", what, tight.body())
                            .isTrue();
                    assertAnswered(Http.rawOf(container, "OPTIONS", "/", headers), what);
                }
            }
            Limiters.awaitNothingInFlight(limiter);
            assertThat(log.lines()).as("each matter once").hasSizeBetween(1, 10);
            assertThat(log.texts(name -> true))
                    .allSatisfy(text -> assertThat(text).doesNotContain("\r"));
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void brokenResponse_isAnswered_andNothingStaysHeld(Containers kind) throws Exception {
        try (LogCapture log = new LogCapture();
                RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            boolean first = true;
            for (String method : OF_RESPONSE) {
                for (Fault fault : Fault.values()) {
                    String[] headers = {"X-Method: " + method, "X-Fault: " + fault, "Origin: http://a"};
                    String what = method + " " + fault;
                    assertAnswered(Http.raw(container, "/", headers), what);
                    assertAnswered(Http.raw(container, "/async", headers), what);
                    Answer tight = Http.raw(container, "/tight", headers);
                    assertThat(tight.status()).as(what).isIn(200, 429);
                    assertThat(tight.body().isEmpty() || tight.status() == 429 || first)
                            .as(what)
                            .isTrue();
                    first = false;
                }
            }
            Limiters.awaitNothingInFlight(limiter);
            assertThat(log.lines()).as("each matter once").hasSizeBetween(1, 10);
        }
    }

    /** The complaint about one fault may meet the next. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void brokenClock_costsNoAnswer(Containers kind) throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        ManualClock works = new ManualClock();
        TimeSource clock = new TimeSource() {
            @Override
            public long nanoTime() {
                assertThat(broken).isFalse();
                return works.nanoTime();
            }

            @Override
            public Instant now() {
                assertThat(broken).isFalse();
                return works.now();
            }
        };
        try (LogCapture log = new LogCapture();
                RateLimiter limiter = RateLimiter.builder(Configuration.parse("test.yaml", RULES))
                        .time(clock)
                        .build();
                Container container = kind.start(
                        new WebApp()
                                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                                .servlet("/", (request, response) -> broken.set(request.getParameter("mend") == null)),
                        folder)) {
            for (int i = 0; i < 3; i++) {
                assertAnswered(Http.raw(container, "/"), "request " + i);
            }
            assertAnswered(Http.raw(container, "/?mend"), "the last");
            Limiters.awaitNothingInFlight(limiter);
            assertThat(log.lines()).hasSizeLessThan(3);
        }
    }
}
