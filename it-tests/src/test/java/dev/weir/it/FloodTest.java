// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.memory.MemoryStore;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Far more callers than places, through the whole limiter, each of whom asks for all that he has, so that no place
 * becomes free; twenty who were there before go on undisturbed.
 */
@Tag("heavy")
class FloodTest {

    private static final int MAX_KEYS = 200;
    private static final int GOOD = 20;
    private static final int FLOODERS = 3;
    private static final int SLICES = 15;
    private static final int REQUESTS_PER_SLICE = 900;
    private static final int DECISIONS_PER_SLICE = 150_000;
    private static final int AMOUNT = 60;
    private static final String EXPENSIVE = "/expensive";
    private static final String RULES = Limiters.ANYBODY + """
            rules:
              - {name: api, per: user, rate: 60/min, concurrent: 5}
              - {name: all, per: everyone, rate: 100000000/min}
            """;

    /** What somebody does in each slice of time. */
    private interface Work {
        void run(int slice, int number) throws Exception;
    }

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(MAX_KEYS, clock);
    private final AtomicLong admitted = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final RateLimiter limiter = RateLimiter.builder(Configuration.parse("test.yaml", RULES))
            .time(clock)
            .store(store)
            .requestCost((request, rule, cost) -> request.path().equals(EXPENSIVE) ? AMOUNT : cost)
            .build();

    /** In each slice some flood, and the good callers come when half of that is done; then two seconds pass. */
    private void slices(int flood, Work good, Work bad) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(FLOODERS + 1);
        try {
            run(executor, 0, 0, good, bad);
            for (int slice = 1; slice <= SLICES; slice++) {
                clock.advance(Duration.ofSeconds(2));
                run(executor, slice, flood, good, bad);
                assertThat(store.keys()).isLessThanOrEqualTo(MAX_KEYS);
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private static void run(ExecutorService executor, int slice, int flood, Work good, Work bad) throws Exception {
        List<Future<?>> running = new ArrayList<>();
        CountDownLatch half = new CountDownLatch(flood / 2);
        running.add(executor.submit(() -> {
            assertThat(half.await(120, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < GOOD; i++) {
                good.run(slice, i);
            }
            return null;
        }));
        for (int thread = 0; thread < FLOODERS; thread++) {
            int first = thread;
            running.add(executor.submit(() -> {
                for (int i = first; i < flood; i += FLOODERS) {
                    bad.run(slice, i);
                    half.countDown();
                }
                return null;
            }));
        }
        for (Future<?> future : running) {
            future.get(120, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void floodOfCallers_getsSaneAnswers_andGoodOnesGetTheirs(Containers kind) throws Exception {
        WebApp app = new WebApp()
                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                .servlet("/", (request, response) -> response.getWriter().print("hello"));
        try (limiter;
                Container container = kind.start(app, folder)) {
            slices(
                    REQUESTS_PER_SLICE,
                    (slice, i) -> {
                        Answer answer = Http.get(container, "/", "X-User: good" + i);
                        assertThat(answer.status())
                                .as("good%s in slice %s", i, slice)
                                .isEqualTo(200);
                        assertThat(answer.number("X-RateLimit-Remaining")).isEqualTo(AMOUNT - 1);
                    },
                    (slice, i) -> check(Http.get(container, EXPENSIVE, "X-User: bad-" + slice + "-" + i)));
            Limiters.awaitNothingInFlight(limiter);
        }
        System.out.println("FloodTest on " + kind + ": " + admitted + " answered, " + refused + " refused");
        assertThat(admitted.get()).isPositive();
        assertThat(refused.get()).isPositive();
    }

    private void check(Answer answer) {
        assertThat(answer.status()).isIn(200, 429);
        assertThat(answer.number("X-RateLimit-Limit")).isEqualTo(AMOUNT);
        assertThat(answer.number("X-RateLimit-Remaining")).isBetween(0L, AMOUNT - 1L);
        assertThat(answer.number("X-RateLimit-Reset")).isBetween(1L, (long) AMOUNT);
        if (answer.status() == 429) {
            refused.incrementAndGet();
            assertThat(answer.number("Retry-After")).isBetween(1L, 66L);
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.body()).contains("quota-exceeded").doesNotContain("bad-");
        } else {
            admitted.incrementAndGet();
            assertThat(answer.body()).isEqualTo("hello");
        }
    }

    @Test
    void millionsOfDecisions_leaveTheGoodCallersAlone() throws Exception {
        try (limiter) {
            slices(
                    DECISIONS_PER_SLICE,
                    (slice, i) -> {
                        Decision decision = decide("/", "good" + i);
                        assertThat(decision.isAdmitted())
                                .as("good%s in slice %s", i, slice)
                                .isTrue();
                        assertThat(decision.tightest().orElseThrow().remaining())
                                .isEqualTo(AMOUNT - 1);
                    },
                    (slice, i) -> count(decide(EXPENSIVE, "bad-" + slice + "-" + i)));
            assertThat(limiter.inFlight()).isZero();
        }
        System.out.println("FloodTest: " + admitted + " admitted, " + refused + " refused");
        assertThat(admitted.get())
                .as("64 overflow buckets and the places of their own")
                .isBetween(64L, 64L + MAX_KEYS);
        assertThat(refused.get()).isGreaterThan((long) SLICES * DECISIONS_PER_SLICE / 2);
    }

    private Decision decide(String path, String user) {
        FakeRequest request = FakeRequest.get(path).from("127.0.0.1").header("X-User", user);
        Decision decision = limiter.decide(request);
        limiter.headers(decision, (name, value) -> assertThat(value).isNotEmpty());
        limiter.complete(decision, 200);
        return decision;
    }

    private void count(Decision decision) {
        assertThat(decision.isDegraded()).isFalse();
        assertThat(decision.status()).isIn(Decision.Status.ADMITTED, Decision.Status.REFUSED);
        (decision.isAdmitted() ? admitted : refused).incrementAndGet();
    }
}
