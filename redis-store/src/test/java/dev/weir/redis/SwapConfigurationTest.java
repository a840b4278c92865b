// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.StoreSettings;
import dev.weir.testkit.FakeRequest;
import dev.weir.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files with {@code strategy: compare-and-swap}: which are refused, and one that is served. */
class SwapConfigurationTest {

    @TempDir
    Path folder;

    private RateLimiter limiter(String uri, String... rules) throws IOException {
        Path file = folder.resolve("weir.yaml");
        String lines = String.join(
                "", Stream.of(rules).map(rule -> "  - {" + rule + "}\n").toList());
        Files.writeString(file, """
                store:
                  type: redis
                  namespace: swaps
                  redis: {uri: "%s", strategy: compare-and-swap, deadline: 500ms, instances: 1}
                rules:
                %s""".formatted(uri, lines));
        return RateLimiter.from(file);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "name: a, rate: 5/min | name: b, path: /login, rate: 9/min | one request may meet rules[0] \"a\" (/**) and rules[1] \"b\" (/login): store.redis.strategy: compare-and-swap decides one bucket for a request",
                "name: a, rate: 5/min | name: b, per: ip, rate: 9/min, mode: shadow | one request may meet rules[0] \"a\" (/**) and rules[1] \"b\" (/**)",
                "name: a, path: /a, rate: 5/hour rolling | name: b, path: /b, rate: 5/min | rules[0] \"a\" (/a): store.redis.strategy: compare-and-swap decides one bucket for a request, and no rolling quota and nothing concurrent, but here are a rolling quota; write strategy: script",
                "name: a, path: /a, rate: [5/min, 9/hour rolling] | name: b, path: /b, rate: 5/min | but here are a bucket, a rolling quota",
                "name: a, path: /a, concurrent: 3 | name: b, path: /b, rate: 5/min | but here are concurrent",
                "name: a, path: /a, rate: 5/min, concurrent: 3 | name: b, path: /b, rate: 5/min | but here are a bucket, concurrent"
            })
    void whatOneBucketCannotDecide_isRefusedAtStart(String one, String other, String reason) {
        assertThatThrownBy(() -> limiter("redis://localhost:1", one, other))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("weir.yaml")
                .hasMessageContaining(reason)
                .hasMessageContaining("write strategy: script");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "odd | redis://localhost | must be script or compare-and-swap but was odd",
                "compare-and-swap | redis-cluster://localhost | compare-and-swap is not for a cluster",
                "compare-and-swap | rediss-cluster://localhost | compare-and-swap is not for a cluster"
            })
    void strategiesThatCannotBe_areRefused(String strategy, String uri, String reason) {
        StoreSettings settings =
                new StoreSettings("redis", "swaps", 1, Duration.ofMillis(25), Map.of("strategy", strategy, "uri", uri));
        assertThatThrownBy(() -> new RedisStoreFactory().open(settings, TimeSource.system()))
                .hasMessageContaining(reason);
        assertThatThrownBy(() -> new RedisStoreFactory().open(TestRedis.CLIENT, settings, TimeSource.system()))
                .hasMessageContaining(reason);
    }

    /** Rules of several rates, of two methods of one path, that count answers, and the catch-all. */
    @Test
    void configurationOfOneBucketForEachRequest_isServedFromEndToEnd() throws IOException {
        try (RedisServer server = RedisServer.start();
                Resp redis = server.connect();
                RateLimiter limiter = limiter(
                        server.uri(),
                        "name: read, path: /api/**, methods: [GET], rate: [3/hour, 100/day]",
                        "name: write, path: /api/**, methods: [POST], per: ip, rate: 2/hour",
                        "name: login, path: /login, per: ip, rate: 2/hour, count: [401]")) {
            await().atMost(Duration.ofSeconds(20)).until(() -> redis.number("EXISTS", "swaps:{swaps}:instances") == 1);
            for (int left = 2; left >= 0; left--) {
                Decision decision = ask(limiter, FakeRequest.get("/api/x"), 200);
                assertThat(decision.isAdmitted()).isTrue();
                Map<String, String> headers = new HashMap<>();
                limiter.headers(decision, headers::put);
                assertThat(headers).containsEntry("X-RateLimit-Remaining", Integer.toString(left));
            }
            assertThat(ask(limiter, FakeRequest.get("/api/x"), 200).isAdmitted())
                    .isFalse();
            assertThat(ask(limiter, FakeRequest.of("POST", "/api/x"), 200).isAdmitted())
                    .isTrue();
            assertThat(ask(limiter, FakeRequest.get("/login"), 200).isAdmitted())
                    .isTrue();
            assertThat(ask(limiter, FakeRequest.get("/login"), 401).isAdmitted())
                    .isTrue();
            assertThat(ask(limiter, FakeRequest.get("/login"), 401).isAdmitted())
                    .isTrue();
            assertThat(ask(limiter, FakeRequest.get("/login"), 200).isAdmitted())
                    .as("two bad answers have been counted")
                    .isFalse();
            assertThat(ask(limiter, FakeRequest.get("/other"), 200).isAdmitted())
                    .isTrue();
            assertThat(limiter.degradedDecisions()).isZero();
            assertThat(redis.text("INFO", "commandstats")).doesNotContain("cmdstat_setrange", "cmdstat_mget");
            assertThatThrownBy(limiter::securityPolicy)
                    .hasMessageContaining("services cannot be admitted with this store: store.redis.strategy");
        }
    }

    private static Decision ask(RateLimiter limiter, FakeRequest request, int status) {
        Decision decision = limiter.decide(request);
        limiter.complete(decision, status);
        return decision;
    }
}
