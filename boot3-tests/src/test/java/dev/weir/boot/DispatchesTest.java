// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.mvc.method.annotation.StreamingResponseBody;

/** What Spring dispatches for one request, with Spring Security around, is one charge of each stage, and gives back its places. */
class DispatchesTest {

    private static final int COST = 3;
    /** One that gives nothing back while the test runs. */
    private static final String RATE = "10000/day rolling";

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final String CAROL = Shop.basic("carol", "right");
    private static final String[] PROPERTIES = {
        "server.http2.enabled: true",
        "logging.level.org.apache.catalina.core: off", // a stack trace for each that throws
        "weir.rules[0].name: address",
        "weir.rules[0].per: ip",
        "weir.rules[0].rate: " + RATE,
        "weir.rules[0].count[0]: 500",
        "weir.rules[0].concurrent: 1",
        "weir.rules[1].name: api",
        "weir.rules[1].per: user",
        "weir.rules[1].rate: " + RATE,
        "weir.rules[1].cost: " + COST,
        "weir.rules[1].concurrent: 1",
    };

    private static Shop shop;

    /** The ways in which Spring answers, with the status that a client sees. */
    enum Shape {
        PLAIN("/plain", 200),
        FORWARD("/forward", 200),
        SEND_ERROR("/send-error", 409),
        EXCEPTION("/exception", 500),
        NOBODY_THERE("/no-such-page", 404),
        CALLABLE("/callable", 200),
        CALLABLE_THROWS("/callable-throws", 500),
        DEFERRED("/deferred", 200),
        DEFERRED_AT_ONCE("/deferred-at-once", 200),
        DEFERRED_ERROR("/deferred-error", 500),
        DEFERRED_TIMEOUT("/deferred-timeout", 503),
        DEFERRED_TIMEOUT_ANSWERED("/deferred-timeout-answered", 504),
        FUTURE_TO_FORWARD("/future-to-forward", 200),
        STREAM("/stream", 200);

        private final String path;
        private final int status;

        Shape(String path, int status) {
            this.path = "/shape" + path;
            this.status = status;
        }
    }

    /** An application that answers in all these ways. */
    @Configuration(proxyBeanMethods = false)
    static class Answering {
        @Bean
        Shapes shapes() {
            return new Shapes();
        }
    }

    /** Answers in the way that the path names. */
    @Controller
    @RequestMapping("/shape")
    static class Shapes {

        @RequestMapping("/plain")
        @ResponseBody
        String plain() {
            return "plain";
        }

        @RequestMapping("/forward")
        String forward() {
            return "forward:/shape/plain";
        }

        @RequestMapping("/send-error")
        String sendError() {
            throw new ResponseStatusException(HttpStatus.CONFLICT);
        }

        @RequestMapping("/exception")
        String exception() {
            throw new IllegalStateException("wanted by a test");
        }

        @RequestMapping("/no-such-page")
        ResponseEntity<Void> noSuchPage() {
            return ResponseEntity.notFound().build();
        }

        @RequestMapping("/callable")
        @ResponseBody
        Callable<String> callable() {
            return () -> "callable";
        }

        @RequestMapping("/callable-throws")
        @ResponseBody
        Callable<String> callableThrows() {
            return () -> {
                throw new IllegalStateException("wanted by a test");
            };
        }

        @RequestMapping("/deferred")
        @ResponseBody
        DeferredResult<String> deferred() {
            DeferredResult<String> result = new DeferredResult<>();
            soon(() -> result.setResult("deferred"));
            return result;
        }

        @RequestMapping("/deferred-at-once")
        @ResponseBody
        DeferredResult<String> deferredAtOnce() {
            DeferredResult<String> result = new DeferredResult<>();
            result.setResult("deferred");
            return result;
        }

        @RequestMapping("/deferred-error")
        @ResponseBody
        DeferredResult<String> deferredError() {
            DeferredResult<String> result = new DeferredResult<>();
            soon(() -> result.setErrorResult(new IllegalStateException("wanted by a test")));
            return result;
        }

        @RequestMapping("/deferred-timeout")
        @ResponseBody
        DeferredResult<String> deferredTimeout() {
            return new DeferredResult<>(30L);
        }

        @RequestMapping("/deferred-timeout-answered")
        @ResponseBody
        DeferredResult<ResponseEntity<String>> deferredTimeoutAnswered() {
            return new DeferredResult<>(
                    30L, ResponseEntity.status(HttpStatus.GATEWAY_TIMEOUT).body("late"));
        }

        @RequestMapping("/future-to-forward")
        CompletableFuture<String> futureToForward() {
            CompletableFuture<String> view = new CompletableFuture<>();
            soon(() -> view.complete("forward:/shape/plain"));
            return view;
        }

        @RequestMapping(path = "/stream", produces = MediaType.TEXT_PLAIN_VALUE)
        ResponseEntity<StreamingResponseBody> stream() {
            return ResponseEntity.ok(out -> {
                for (int i = 0; i < 10; i++) {
                    out.write("stream".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                }
            });
        }

        private static void soon(Runnable task) {
            CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS).execute(task);
        }
    }

    @BeforeAll
    static void start() {
        shop = Shop.start(List.of(Answering.class), PROPERTIES);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @ParameterizedTest
    @EnumSource
    void request_isChargedOnceAndReleased(Shape shape) throws Exception {
        long before = remaining("api");
        HttpResponse<String> answer = shop.send("GET", shape.path, CAROL);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(shape.status);
        awaitNothingInFlight();
        assertThat(before - remaining("api")).isEqualTo(COST);
        assertPlacesAreFree();
    }

    /** The edge sees the status that the client saw, after all dispatches. */
    @Test
    void ruleThatCountsAnswers_countsEachOnce() throws Exception {
        for (Shape shape : EnumSet.range(Shape.PLAIN, Shape.DEFERRED_ERROR)) {
            long before = remainingAtTheEdge();
            shop.send("GET", shape.path, CAROL);
            awaitNothingInFlight();
            long counted = shape.status == 500 ? 1 : 0;
            assertThat(before - remainingAtTheEdge()).as(shape.name()).isEqualTo(counted);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Tag("heavy")
    void requestByHttp2_isChargedOnceAndReleased(Shape shape) throws Exception {
        List<String> methods = shape.name().contains("TIMEOUT") ? List.of("GET") : List.of("GET", "POST");
        for (String method : methods) {
            long before = remaining("api");
            HttpResponse<String> answer = shop.sendByHttp2(method, shape.path, CAROL);
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(shape.status);
            awaitNothingInFlight();
            assertThat(before - remaining("api")).as(method).isEqualTo(COST);
            assertPlacesAreFree();
        }
    }

    /** With one place allowed in each rule, a request passes only if those before have given back theirs. */
    private static void assertPlacesAreFree() throws Exception {
        assertThat(shop.send("GET", "/shape/plain", CAROL).statusCode()).isEqualTo(200);
        awaitNothingInFlight();
    }

    private static void awaitNothingInFlight() {
        RateLimiter limiter = shop.bean(RateLimiter.class);
        long start = System.nanoTime();
        while (limiter.inFlight() > 0 && System.nanoTime() - start < PATIENCE_NANOS) {
            Thread.onSpinWait();
        }
        assertThat(limiter.inFlight()).isZero();
    }

    private static long remaining(String rule) {
        Decision now = shop.bean(RateLimiter.class).peek(Identity.of(null, "carol"), "GET", "/shape/plain");
        return now.rates().stream()
                .filter(rate -> rate.rule().equals(rule))
                .findFirst()
                .orElseThrow()
                .remaining();
    }

    /** What a request that is not counted is told there. */
    private static long remainingAtTheEdge() throws Exception {
        HttpResponse<String> answer = shop.send("GET", "/shape/plain", CAROL);
        awaitNothingInFlight();
        String field = answer.headers().firstValue("RateLimit").orElseThrow();
        return Long.parseLong(field.replaceFirst(".*\"address\";r=([0-9]+).*", "$1"));
    }
}
