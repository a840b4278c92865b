// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** One request of a client is one charge, whatever is dispatched and however the filter is mapped; nothing stays held. */
class DispatchTest {

    private static final int COST = 3;
    private static final String RULES = Limiters.ANYBODY
            + "rules:\n"
            + "  - {name: api, path: /**, per: user, rate: 1000/hour, concurrent: 2, cost: " + COST + "}\n"
            + "  - {name: all, path: /**, per: everyone, rate: 1000000/hour}\n";

    @TempDir
    static Path folder;

    private static final Map<String, Running> RUNNING = new HashMap<>();

    /** The ways to put the filter in front of an application. */
    enum Mapping {
        REQUEST_ONLY {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                app.filter(filter(limiters), DispatcherType.REQUEST);
            }
        },
        REGISTERED {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                RateLimiter limiter = Limiters.of(RULES);
                limiters.add(limiter);
                app.step(context ->
                        assertThat(RateLimitFilter.register(context, limiter)).isNotNull());
            }
        },
        ALL_TYPES {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                app.filter(filter(limiters), EnumSet.allOf(DispatcherType.class), 1);
            }
        },
        WEB_XML_WITHOUT_DISPATCHER {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                app.describedFilter(filter(limiters));
            }
        },
        MAPPED_TWICE {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                app.filter(filter(limiters), EnumSet.allOf(DispatcherType.class), 2);
            }
        },
        TWO_FILTERS_OF_ONE_LIMITER {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                app.filter(filter(limiters), EnumSet.allOf(DispatcherType.class), 1)
                        .filter(new RateLimitFilter(limiters.get(0)), EnumSet.allOf(DispatcherType.class), 1);
            }
        },
        TWO_STAGES {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                RateLimiter limiter = Limiters.of(RULES);
                limiters.add(limiter);
                app.filter(RateLimitFilter.edge(limiter), EnumSet.allOf(DispatcherType.class), 1)
                        .filter(new RateLimitFilter(limiter), EnumSet.allOf(DispatcherType.class), 1);
            }
        },
        TWO_LIMITERS {
            @Override
            void add(WebApp app, List<RateLimiter> limiters) {
                app.filter(filter(limiters), EnumSet.allOf(DispatcherType.class), 1)
                        .filter(filter(limiters), EnumSet.allOf(DispatcherType.class), 1);
            }
        };

        abstract void add(WebApp app, List<RateLimiter> limiters);

        private static RateLimitFilter filter(List<RateLimiter> limiters) {
            RateLimiter limiter = Limiters.of(RULES);
            limiters.add(limiter);
            return new RateLimitFilter(limiter);
        }
    }

    private record Running(Container container, List<RateLimiter> limiters) {}

    private static Running running(EveryContainer kind, Mapping mapping) throws Exception {
        String key = kind + " " + mapping;
        Running known = RUNNING.get(key);
        if (known == null) {
            List<RateLimiter> limiters = new ArrayList<>();
            WebApp app = new WebApp();
            mapping.add(app, limiters);
            Shape.addAll(app);
            known = new Running(kind.start(app, empty()), limiters);
            RUNNING.put(key, known);
        }
        return known;
    }

    private static Path empty() throws IOException {
        return Files.createTempDirectory(folder, "app");
    }

    @AfterAll
    static void stop() {
        RUNNING.values().forEach(running -> {
            running.container().close();
            running.limiters().forEach(RateLimiter::close);
        });
        RUNNING.clear();
    }

    static Stream<Arguments> shapes() {
        return Arrays.stream(EveryContainer.values())
                .flatMap(container -> Arrays.stream(Mapping.values())
                        .flatMap(mapping -> Arrays.stream(Shape.values())
                                .filter(shape -> isWorthWaiting(shape, mapping))
                                .map(shape -> Arguments.of(container, mapping, shape))));
    }

    /**
     * Tomcat looks for time-outs once a second, so of the mappings that run the filter for the same dispatches only one waits
     * for them, and one of those with two filters.
     */
    private static boolean isWorthWaiting(Shape shape, Mapping mapping) {
        return switch (shape) {
            case ASYNC_TIMEOUT, ASYNC_TIMEOUT_HANDLED, ASYNC_THEN_EXCEPTION ->
                switch (mapping) {
                    case REQUEST_ONLY, ALL_TYPES, WEB_XML_WITHOUT_DISPATCHER, TWO_STAGES, TWO_LIMITERS -> true;
                    case REGISTERED, MAPPED_TWICE, TWO_FILTERS_OF_ONE_LIMITER -> false;
                };
            default -> true;
        };
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void request_isChargedOnceAndReleased(EveryContainer kind, Mapping mapping, Shape shape) throws Exception {
        Running running = running(kind, mapping);
        sendAndAwaitEnd(running, shape);
        for (RateLimiter limiter : running.limiters()) {
            assertThat(Limiters.remaining(limiter, shape.name(), shape.path())).isEqualTo(1000 - COST);
        }
    }

    /** An error page that forwards is no request either, for a filter that sees nothing but that. */
    @ParameterizedTest
    @EnumSource
    void errorPageAlone_isNotCharged(EveryContainer kind) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(
                        Shape.addAll(new WebApp()
                                .filter(new RateLimitFilter(limiter), DispatcherType.ERROR, DispatcherType.FORWARD)),
                        empty())) {
            Shape.SEND_ERROR.send(container, "X-User: ann");
            assertThat(Limiters.remaining(limiter, "ann", "/view")).isEqualTo(1000);
        }
    }

    /** With two in flight allowed, a third request passes only if the first ones have really given back. */
    private static void sendAndAwaitEnd(Running running, Shape shape) throws IOException {
        shape.send(running.container(), "X-User: " + shape);
        for (RateLimiter limiter : running.limiters()) {
            Limiters.awaitNothingInFlight(limiter);
            assertThat(limiter.peek(Limiters.user(shape.name()), "GET", shape.path())
                            .isAdmitted())
                    .isTrue();
        }
    }
}
