// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Spring Boot with its switch for virtual threads, which it ignores on a JDK that has none. */
class VirtualThreadsTest {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;
    private static final int REQUESTS = 40;
    private static final int ADMITTED = 10;
    private static final String[] VIRTUAL = {
        "spring.threads.virtual.enabled: true",
        "weir.rules[0].name: api",
        "weir.rules[0].per: user",
        "weir.rules[0].rate: " + ADMITTED + "/hour",
        "weir.rules[0].concurrent: " + REQUESTS,
    };

    /** An application that tells on what it runs. */
    @Configuration(proxyBeanMethods = false)
    static class Telling {

        @Bean
        Threads threads() {
            return new Threads();
        }
    }

    /** Answers whether the thread of the request is a virtual one. */
    @RestController
    static class Threads {
        @RequestMapping("/thread")
        String thread() throws ReflectiveOperationException {
            boolean virtual = Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS
                    && (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
            return virtual ? "virtual" : "platform";
        }
    }

    /** Many at once, so that the threads of one limiter meet: as many are admitted as the rule allows, and all are given back. */
    @Test
    void limitsHold_onVirtualThreads() throws Exception {
        String expected = Runtime.version().feature() >= FIRST_WITH_VIRTUAL_THREADS ? "virtual" : "platform";
        try (Shop shop = Shop.start(List.of(Telling.class), VIRTUAL)) {
            HttpResponse<String> first = shop.send("GET", "/thread", Shop.basic("carol", "right"));
            assertThat(first.statusCode()).isEqualTo(200);
            assertThat(first.body()).isEqualTo(expected);
            assertThat(first.headers().firstValueAsLong("X-RateLimit-Limit")).hasValue(ADMITTED);
            assertThat(first.headers().firstValueAsLong("X-RateLimit-Remaining"))
                    .hasValue(ADMITTED - 1);
            List<HttpResponse<String>> answers = sendAtOnce(shop);
            assertThat(answers)
                    .filteredOn(answer -> answer.statusCode() == 200)
                    .hasSize(ADMITTED - 1)
                    .allSatisfy(answer -> assertThat(answer.body()).isEqualTo(expected));
            assertThat(answers)
                    .filteredOn(answer -> answer.statusCode() != 200)
                    .hasSize(REQUESTS - ADMITTED + 1)
                    .allSatisfy(VirtualThreadsTest::assertRefused);
            assertThat(shop.bean(RateLimiter.class).inFlight()).isZero();
        }
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.headers().firstValueAsLong("X-RateLimit-Remaining")).hasValue(0);
        assertThat(answer.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isPositive();
    }

    private static List<HttpResponse<String>> sendAtOnce(Shop shop) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(8);
        try {
            List<Future<HttpResponse<String>>> sent = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                sent.add(clients.submit(() -> shop.send("GET", "/thread", Shop.basic("carol", "right"))));
            }
            List<HttpResponse<String>> answers = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : sent) {
                answers.add(answer.get(60, TimeUnit.SECONDS));
            }
            return answers;
        } finally {
            clients.shutdownNow();
        }
    }
}
