// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A place among the requests in flight is held until the request has really ended, and not a moment longer. */
class LeaseTest {

    private static final String RULES =
            Limiters.ANYBODY + "rules: [{name: api, path: /**, per: user, rate: 20/min burst 30, concurrent: 1}]\n";

    @TempDir
    Path folder;

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch proceed = new CountDownLatch(1);

    /** A thread for each task: the common pool has but one on a small machine, and a task that lingers would hold it. */
    private static final Executor THREADS = task -> new Thread(task, "lease-test").start();

    /** Where a request lingers while a second one comes. */
    enum Lingering {
        IN_THE_SERVLET("/blocks"),
        IN_ASYNC("/async"),
        IN_ASYNC_WITH_WRAPPER("/async-unwrapped"),
        BEHIND_A_DISPATCH("/dispatch"),
        BEHIND_A_DISPATCH_OF_ANOTHER_THREAD("/dispatch-later"),
        IN_A_SECOND_ASYNC("/dispatch-async"),
        BEHIND_TWO_DISPATCHES("/dispatch-dispatch");

        private final String path;

        Lingering(String path) {
            this.path = path;
        }
    }

    private WebApp app(RateLimiter limiter) {
        return new WebApp()
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/free", (request, response) -> response.getWriter().print("free"))
                .servlet("/blocks", (request, response) -> {
                    linger();
                    response.getWriter().print("blocked");
                })
                .servlet("/async", (request, response) -> later(request.startAsync()))
                .servlet(
                        "/async-unwrapped",
                        (request, response) -> later(innermost(request).startAsync()))
                .servlet(
                        "/dispatch", (request, response) -> request.startAsync().dispatch("/blocks"))
                .servlet("/dispatch-later", (request, response) -> {
                    AsyncContext async = request.startAsync();
                    CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS, THREADS)
                            .execute(() -> async.dispatch("/blocks"));
                })
                .servlet(
                        "/dispatch-async",
                        (request, response) -> request.startAsync().dispatch("/async"))
                .servlet(
                        "/dispatch-dispatch",
                        (request, response) -> request.startAsync().dispatch("/dispatch"));
    }

    private static ServletRequest innermost(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner;
    }

    private void later(AsyncContext async) {
        CompletableFuture.runAsync(
                        () -> {
                            linger();
                            try {
                                async.getResponse().getWriter().print("later");
                            } catch (IOException e) {
                                throw new IllegalStateException(e);
                            }
                            async.complete();
                        },
                        THREADS)
                .exceptionally(e -> {
                    async.complete();
                    return null;
                });
    }

    private void linger() {
        entered.countDown();
        try {
            if (!proceed.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static Stream<Arguments> lingering() {
        return Arrays.stream(Containers.values())
                .flatMap(kind -> Arrays.stream(Lingering.values()).map(where -> Arguments.of(kind, where)));
    }

    @ParameterizedTest
    @MethodSource("lingering")
    void place_isHeldToTheEnd(Containers kind, Lingering where) throws Exception {
        try (RateLimiter limiter = Limiters.of(RULES);
                Container container = kind.start(app(limiter), folder)) {
            CompletableFuture<Answer> first = Http.getAsync(container, where.path, "X-User: ann");
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            // The container may still be on its way back from the chain that started it all.
            for (int i = 0; i < 3; i++) {
                assertRefusedForBeingSecond(Http.get(container, "/free", "X-User: ann"));
            }
            assertThat(Http.get(container, "/free", "X-User: bob").status()).isEqualTo(200);
            assertThat(limiter.inFlight()).isEqualTo(1);
            proceed.countDown();
            assertThat(first.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
            Limiters.awaitNothingInFlight(limiter);
            assertThat(Http.get(container, "/free", "X-User: ann").status()).isEqualTo(200);
        }
    }

    /** The refused request has taken nothing, so the rate says what it said to the first one. */
    private static void assertRefusedForBeingSecond(Answer answer) {
        assertThat(answer.status()).isEqualTo(429);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("30");
        assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("29");
        assertThat(answer.header("X-RateLimit-Reset")).isEqualTo("3");
        assertThat(answer.header("RateLimit-Policy"))
                .isEqualTo("\"api\";q=20;w=60;weir-burst=30, \"api-concurrent\";q=1;qu=\"concurrent-requests\"");
        assertThat(answer.header("RateLimit")).isEqualTo("\"api\";r=29;t=3, \"api-concurrent\";r=0");
        assertThat(answer.body()).contains("\"violated-policies\":[\"api\"]");
    }

    /** All endings mixed, many at once: the gauge comes back to nothing, and every place is free again. */
    @ParameterizedTest
    @EnumSource(Containers.class)
    void places_areAllFreeAfterAStormOfAllEndings(Containers kind) throws Exception {
        String rules =
                Limiters.ANYBODY + "rules: [{name: api, path: /**, per: user, rate: 1000000/s, concurrent: 12}]\n";
        try (RateLimiter limiter = Limiters.of(rules);
                Container container = kind.start(
                        Shape.addAll(new WebApp().filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)),
                        folder)) {
            Shape[] quick = Arrays.stream(Shape.values())
                    .filter(shape -> !shape.isSlow())
                    .toArray(Shape[]::new);
            CompletableFuture<?>[] storm = Stream.iterate(0, i -> i < 8, i -> i + 1)
                    .map(lane -> CompletableFuture.runAsync(() -> run(container, quick, lane), THREADS))
                    .toArray(CompletableFuture<?>[]::new);
            CompletableFuture.allOf(storm).get(60, TimeUnit.SECONDS);
            Limiters.awaitNothingInFlight(limiter);
            assertThat(limiter.peek(Limiters.user("ann"), "GET", "/plain").isAdmitted())
                    .isTrue();
        }
    }

    private static void run(Container container, Shape[] shapes, int lane) {
        try {
            for (int i = 0; i < 60; i++) {
                Shape shape = shapes[(i * 7 + lane) % shapes.length];
                assertThat(shape.ask(container, "X-User: ann").status())
                        .isIn(shape == Shape.CLIENT_ABORT ? 200 : shape.status, 429);
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
