// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.config.ConfigurationException;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.StoreSettings;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class DemoRedisTest {

    private static final UnaryOperator<String> NOTHING = Map.<String, String>of()::get;
    private static final UnaryOperator<String> SECRET = Map.of(DemoRedis.PASSWORD_VARIABLE, "s3cret")::get;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String ADDRESS = "redis://redis.example:6380";

    private final Configuration file =
            Configuration.parse("mine.yaml", "store: {namespace: shop, max-keys: 5}\nrules: [{name: a, rate: 20/min}]");
    private final Configuration redisFile = file.withStore(new StoreSettings(
            "redis",
            "shop",
            5,
            Duration.ofMillis(40),
            Map.of("uri", "redis://h", "password", "of-file", "secret", "s", "strategy", "compare-and-swap")));

    @Test
    void addressTakesThePlaceOfTheStoreInMemory() throws IOException {
        try (DemoRedis redis = DemoRedis.open(ADDRESS, NOTHING)) {
            Configuration used = redis.in(file);

            assertThat(used.store())
                    .isEqualTo(new StoreSettings(
                            "redis",
                            "shop",
                            5,
                            StoreSettings.DEFAULT_DEADLINE,
                            Map.of("uri", ADDRESS, "strategy", "script")));
            assertThat(used.withStore(file.store())).isEqualTo(file);
            assertThat(redis.own()).isEmpty();
        }
    }

    @Test
    void otherSettingsOfTheFileStay() throws IOException {
        try (DemoRedis redis = DemoRedis.open(ADDRESS, NOTHING)) {
            StoreSettings used = redis.in(redisFile).store();

            assertThat(used.deadline()).hasMillis(40);
            assertThat(used.options())
                    .isEqualTo(Map.of(
                            "uri", ADDRESS, "password", "of-file", "secret", "s", "strategy", "compare-and-swap"));
        }
    }

    @Test
    void passwordComesFromTheEnvironment() throws IOException {
        try (DemoRedis redis = DemoRedis.open(ADDRESS, SECRET)) {
            assertThat(redis.in(file).store().options()).containsEntry("password", "s3cret");
            assertThat(redis.in(redisFile).store().options()).containsEntry("password", "s3cret");
        }
        try (DemoRedis redis = DemoRedis.open(ADDRESS, name -> "")) {
            assertThat(redis.in(file).store().options()).doesNotContainKey("password");
        }
    }

    @Test
    void embeddedServerRunsUntilItIsClosed() throws IOException {
        DemoRedis redis = DemoRedis.open(DemoRedis.EMBEDDED, SECRET);
        try (redis) {
            RedisServer server = redis.own().orElseThrow();
            try (Resp connection = server.connect()) {
                assertThat(connection.text("PING")).isEqualTo("PONG");
            }
            assertThat(redis.in(redisFile).store().options())
                    .containsEntry("uri", server.uri())
                    .doesNotContainKey("password");
        }
        assertThat(redis.own().orElseThrow().isAlive()).isFalse();
    }

    @Test
    void demoCountsInRedis() throws Exception {
        try (DemoRedis redis = DemoRedis.open(DemoRedis.EMBEDDED, NOTHING);
                Resp connection = redis.own().orElseThrow().connect();
                Demo demo = Demo.start(
                        RateLimiter.builder(redis.in(Main.reference())).build(), 0)) {
            HttpRequest hello = HttpRequest.newBuilder(demo.address().resolve("api/hello"))
                    .header("Authorization", "Bearer fred")
                    .timeout(PATIENCE)
                    .build();
            HttpClient client = HttpClient.newHttpClient();
            long start = System.nanoTime();
            do {
                HttpResponse<String> answer = client.send(hello, BodyHandlers.ofString());
                assertThat(answer.statusCode()).isIn(200, 429);
                assertThat(answer.headers().firstValue("X-RateLimit-Limit")).contains("20");
            } while (connection.list("KEYS", "shop:*:api:*").isEmpty()
                    && System.nanoTime() - start < PATIENCE.toNanos());

            assertThat(connection.list("KEYS", "shop:*:api:*").isEmpty()).isFalse();
            assertThat(Welcome.text(demo))
                    .contains("Store: redis at " + redis.own().orElseThrow().uri() + "\n");
        }
    }

    @Test
    void senselessAddressIsRefusedInTheWordsOfTheFile() {
        for (String address : new String[] {"localhost:6379", "http://localhost", "redis://", "embeded", "", "\"}"}) {
            assertThatThrownBy(() -> DemoRedis.open(address, NOTHING))
                    .as(address)
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("store.redis.uri");
        }
    }
}
