// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.Refusal;
import dev.weir.identity.Identity;
import dev.weir.identity.RateLimitRequest;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the code around the limiter does, a request gets its answer, nothing stays held, and the log stays short. */
class PortFaultTest {

    private static final String RULES = Limiters.ANYBODY + """
            rules:
              - {name: api, path: /**, per: user, rate: 1000/hour, concurrent: 5}
              - {name: address, path: /**, per: ip, rate: 1000/hour, concurrent: 5}
              - {name: counted, path: /fine, per: ip, rate: 1000/hour, count: [200]}
              - {name: tight, path: /tight, per: ip, rate: 1/hour}
            """;

    @TempDir
    Path folder;

    /** The places where an application's code is called. */
    enum Port {
        RESOLVER {
            @Override
            void set(RateLimiterBuilder builder, Fault fault) {
                builder.resolver(request -> (Identity) fault.happen(textOf(request)));
            }
        },
        COST {
            @Override
            void set(RateLimiterBuilder builder, Fault fault) {
                builder.requestCost((request, rule, cost) -> {
                    Object none = fault.happen(textOf(request));
                    return none == null ? -1 : cost;
                });
            }
        },
        PROFILE_SOURCE {
            @Override
            void set(RateLimiterBuilder builder, Fault fault) {
                builder.executor(Runnable::run).profileSource(new ProfileSource() {
                    @Override
                    @SuppressWarnings("unchecked")
                    public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                        return (Optional<Profile>) fault.happen(Fault.EVIL);
                    }
                });
            }
        },
        LISTENER {
            @Override
            void set(RateLimiterBuilder builder, Fault fault) {
                builder.listener(event -> {
                    Object none = fault.happen(Fault.EVIL);
                    assertThat(none).as("a fault").isNotNull();
                });
            }
        },
        REFUSAL_HANDLER {
            @Override
            void set(RateLimiterBuilder builder, Fault fault) {
                builder.refusalHandler((request, decision, standard) -> (Refusal) fault.happen(textOf(request)));
            }
        },
        STORE {
            @Override
            void set(RateLimiterBuilder builder, Fault fault) {
                builder.store(FaultyStore.of(charge -> fault.happen(Fault.EVIL)));
            }
        };

        abstract void set(RateLimiterBuilder builder, Fault fault);

        private static String textOf(RateLimitRequest request) {
            return Fault.EVIL + request.path();
        }
    }

    private static WebApp app(WebApp app, RateLimiter limiter) {
        return app.filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/", (request, response) -> response.getWriter().print("hello"));
    }

    static Stream<Arguments> faults() {
        return Arrays.stream(Containers.values())
                .flatMap(kind -> Arrays.stream(Port.values())
                        .flatMap(port -> Arrays.stream(Fault.values()).map(fault -> Arguments.of(kind, port, fault))));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void brokenPort_costsNoAnswerAndOneLine(Containers kind, Port port, Fault fault) throws Exception {
        RateLimiterBuilder builder = Limiters.builder(RULES);
        port.set(builder, fault);
        try (LogCapture log = new LogCapture();
                RateLimiter limiter = builder.build();
                Container container = kind.start(app(new WebApp(), limiter), folder)) {
            for (int i = 0; i < 4; i++) {
                Answer fine = Http.get(container, "/fine", "X-User: ann");
                assertThat(fine.status()).isEqualTo(200);
                assertThat(fine.body()).isEqualTo("hello");
                int status = Http.get(container, "/tight", "X-User: ann").status();
                assertThat(status).isEqualTo(i == 0 || port == Port.STORE ? 200 : 429);
            }
            Limiters.awaitNothingInFlight(limiter);
            if (port != Port.STORE) {
                assertThat(left(limiter, "counted")).isEqualTo(996);
            }
            assertThat(log.lines()).hasSize(1);
            assertThat(log.everything()).doesNotContain("\r").doesNotContain("\u2028");
            assertThat(log.everything().lines()).noneMatch(line -> line.startsWith("fake"));
        }
    }

    private static long left(RateLimiter limiter, String rule) {
        return limiter.peek(Identity.of(null, "ann", "127.0.0.1"), "GET", "/fine").rates().stream()
                .filter(rate -> rate.rule().equals(rule))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    /** An error of the JVM itself is not swallowed, but nothing stays held because of it. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void virtualMachineError_isPassedOnAndLeavesNothingHeld(Containers kind) throws Exception {
        AtomicInteger thrown = new AtomicInteger();
        try (RateLimiter limiter = Limiters.builder(RULES)
                        .listener(event -> {
                            thrown.incrementAndGet();
                            throw new InternalError("wanted by a test");
                        })
                        .build();
                Container container = kind.start(app(new WebApp(), limiter), folder)) {
            for (int i = 1; i <= 6; i++) {
                // Tomcat lets the thread die and leaves the connection as it is.
                Http.sendOnly(container, "/fine", "X-User: ann");
                int times = i;
                await().dontCatchUncaughtExceptions()
                        .atMost(Duration.ofSeconds(10))
                        .pollInterval(Duration.ofMillis(5))
                        .untilAsserted(() -> assertThat(thrown).hasValue(times));
            }
            Limiters.awaitNothingInFlight(limiter);
            assertThat(limiter.peek(Limiters.user("ann"), "GET", "/fine").isAdmitted())
                    .isTrue();
        }
    }

    /** A request that a filter before has wrapped badly is still a request. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void requestThatThrows_isAnsweredAllTheSame(Containers kind) throws Exception {
        Filter wraps = (request, response, chain) -> {
            String fault = ((HttpServletRequest) request).getHeader("X-Fault");
            chain.doFilter(new Broken((HttpServletRequest) request, Fault.valueOf(fault)), response);
        };
        try (LogCapture log = new LogCapture();
                RateLimiter limiter = Limiters.of(RULES);
                Container container =
                        kind.start(app(new WebApp().filter(wraps, DispatcherType.REQUEST), limiter), folder)) {
            for (Fault fault : Fault.values()) {
                Answer answer = Http.get(container, "/fine", "X-Fault: " + fault, "X-User: ann");
                assertThat(answer.status()).as(fault.name()).isEqualTo(200);
            }
            Limiters.awaitNothingInFlight(limiter);
            assertThat(log.lines()).hasSizeLessThanOrEqualTo(3);
            assertThat(log.everything()).doesNotContain("\r").doesNotContain("\u2028");
        }
    }

    /** Answers nothing about its caller. */
    private static final class Broken extends HttpServletRequestWrapper {
        private final Fault fault;

        Broken(HttpServletRequest request, Fault fault) {
            super(request);
            this.fault = fault;
        }

        @Override
        public String getRemoteAddr() {
            return (String) fault.happen(Fault.EVIL);
        }

        @Override
        public String getServletPath() {
            return (String) fault.happen(Fault.EVIL);
        }

        @Override
        public String getMethod() {
            return (String) fault.happen(Fault.EVIL);
        }
    }
}
