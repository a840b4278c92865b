// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import jakarta.servlet.DispatcherType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An attack is no flood of the log: whatever happens 10,000 times a second is a line a minute. */
class BoundedLogTest {

    private static final int A_SECOND = 10_000;
    private static final int SECONDS = 3;
    private static final String RULES = """
            rules:
              - {name: tight, path: /**, per: everyone, rate: 1/day}
              - {name: shadow, path: /**, per: everyone, rate: 1/day, mode: shadow}
            """;

    @TempDir
    Path folder;

    private final ManualClock clock = new ManualClock();

    @SuppressWarnings("TypeParameterUnusedInFormals") // it stands for whatever a port answers
    private static <T> T fail() {
        throw new IllegalStateException("wanted by a test");
    }

    private int linesOf(Consumer<RateLimiterBuilder> ports, int refused) {
        RateLimiterBuilder builder =
                RateLimiter.builder(Configuration.parse("test.yaml", RULES)).time(clock);
        ports.accept(builder);
        try (LogCapture log = LogCapture.ofAll();
                RateLimiter limiter = builder.build()) {
            int refusals = 0;
            for (int i = 0; i < SECONDS * A_SECOND; i++) {
                clock.advanceNanos(1_000_000_000 / A_SECOND);
                FakeRequest request = FakeRequest.get("/" + i).from("198.51.100." + i % 256 + ":" + i);
                Decision decision = limiter.decide(request);
                if (!decision.isAdmitted()) {
                    refusals++;
                    assertThat(limiter.refusal(request, decision).status()).isEqualTo(429);
                }
                limiter.complete(decision, 429);
            }
            assertThat(refusals).isEqualTo(refused);
            assertThat(limiter.inFlight()).isZero();
            return log.lines().size();
        }
    }

    @Test
    void refusals_areOneLineForTheShadowRule() {
        assertThat(linesOf(builder -> {}, SECONDS * A_SECOND - 1)).isEqualTo(1);
    }

    @Test
    void faultyPorts_areOneLineEach() {
        int lines = linesOf(
                builder -> builder.resolver(request -> fail())
                        .requestCost((request, rule, cost) -> fail())
                        .listener(event -> fail())
                        .queuedListener(event -> fail(), 10)
                        .executor(work -> fail())
                        .refusalHandler((request, decision, standard) -> fail()),
                SECONDS * A_SECOND - 1);
        assertThat(lines).as("shadow, resolver, cost, listener, queue, handler").isEqualTo(6);
    }

    @Test
    void faultyStore_isOneLine() {
        assertThat(linesOf(builder -> builder.store(FaultyStore.of(charge -> fail())), 0))
                .isEqualTo(1);
    }

    @Test
    void lastingFault_isALineAMinuteThatSaysHowManyThereWere() {
        RateLimiterBuilder builder =
                RateLimiter.builder(Configuration.parse("test.yaml", RULES)).time(clock);
        try (LogCapture log = new LogCapture();
                RateLimiter limiter =
                        builder.resolver(request -> (Identity) fail()).build()) {
            for (int i = 0; i < 1000; i++) {
                limiter.complete(limiter.decide(FakeRequest.get("/")), 200);
                clock.advance(Duration.ofMillis(600));
            }
            assertThat(log.texts(name -> true).stream().filter(line -> line.contains("Resolver")))
                    .hasSize(10)
                    .element(9)
                    .asString()
                    .contains("(99 more since the last such line)");
        }
    }

    @ParameterizedTest
    @EnumSource(Containers.class)
    void refusalsOverHttp_writeNoLineEach(Containers kind) throws Exception {
        try (LogCapture log = LogCapture.ofAll();
                RateLimiter limiter = Limiters.builder(RULES)
                        .resolver(request -> (Identity) fail())
                        .build();
                Container container = kind.start(
                        new WebApp()
                                .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                                .servlet("/", (request, response) -> response.setStatus(204)),
                        folder)) {
            int before = log.lines().size();
            for (int i = 0; i < 1000; i++) {
                assertThat(Http.get(container, "/" + i).status()).isEqualTo(i == 0 ? 204 : 429);
            }
            assertThat(log.lines().size() - before).as("resolver and shadow").isEqualTo(2);
        }
    }
}
