// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.redisrig.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application starts and answers whatever Redis does, uses it as soon as it can, and ends though Redis hangs. */
@Tag("containers")
class RedisTest {

    private static final Pattern ENDED = Pattern.compile("/shop: Weir limits this application");

    @TempDir
    Path folder;

    private static WebApp app(String name, String uri) {
        return WebApp.named(name).withJar().withConfiguration(SharedLimits.inRedis(uri, "1000/hour", ""));
    }

    @ParameterizedTest
    @EnumSource
    void redisThatIsAway_stopsNobody(Distribution distribution) throws Exception {
        try (RedisServer redis = RedisServer.start();
                RedisServer locked =
                        RedisServer.builder().password("hard to guess").start()) {
            redis.kill();
            Installation installation = distribution
                    .install(folder)
                    .deploy(app("shop", redis.uri()))
                    .deploy(app("locked", "redis://127.0.0.1:" + locked.port()))
                    .deploy(app("nowhere", "redis://no-such-host.invalid:6379"));
            Path trigger = installation.trigger(app("shop", redis.uri()));
            try (Running container = installation.start()) {
                for (String name : new String[] {"shop", "locked", "nowhere"}) {
                    var answer = container.get("/" + name + "/hello");
                    assertThat(answer.statusCode()).as(name).isEqualTo(200);
                    assertThat(answer.headers().firstValue("X-RateLimit-Limit"))
                            .as("counted in memory")
                            .hasValue("1000");
                }
                redis.restart();
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                    assertThat(container.get("/shop/hello").statusCode()).isEqualTo(200);
                    try (var looking = redis.connect()) {
                        assertThat(looking.list("KEYS", "/shop:*")).isNotEmpty();
                    }
                });
                redis.freeze();
                long before = ENDED.matcher(container.log()).results().count();
                Redeployment.touch(trigger, 1);
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    assertThat(ENDED.matcher(container.log()).results().count()).isGreaterThan(before);
                    assertThat(container.get("/shop/hello").statusCode()).isEqualTo(200);
                });
                redis.thaw();
            }
        }
    }
}
