// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.redisrig.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JAR beside all applications, with one configuration for those that have none of their own. */
@Tag("containers")
class SharedTest {

    @TempDir
    Path folder;

    private static WebApp counting(String name, RedisServer redis) {
        return WebApp.named(name)
                .withConfiguration(SharedLimits.inRedis(redis.uri(), "500/hour", ", namespace: together"));
    }

    private static String limit(Running container, String path) {
        HttpResponse<String> answer = container.get(path);
        assertThat(answer.statusCode()).as(path).isEqualTo(200);
        return answer.headers().firstValue("X-RateLimit-Limit").orElse("none");
    }

    private static long remaining(Running container, String path) {
        return container
                .get(path)
                .headers()
                .firstValueAsLong("X-RateLimit-Remaining")
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void applications_haveOneConfigurationAndLimitsOfTheirOwn(Distribution distribution) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            Installation installation = distribution
                    .install(folder)
                    .shareJar()
                    .shareConfiguration(SharedLimits.inRedis(redis, "100/hour"))
                    .deploy(WebApp.named("ROOT"))
                    .deploy(WebApp.named("shop").metadataComplete())
                    .deploy(WebApp.named("ordered").describe("<absolute-ordering/>"))
                    .deploy(WebApp.named("own")
                            .withConfiguration("rules: [{name: api, path: /**, per: ip, rate: 7/hour}]"))
                    .deploy(WebApp.named("off").withContextParam("weir.enabled", "false"))
                    .deploy(counting("here", redis))
                    .deploy(counting("there", redis));
            try (Running container = installation.start()) {
                assertThat(remaining(container, "/hello")).isEqualTo(99);
                assertThat(remaining(container, "/shop/hello"))
                        .as("not that of another")
                        .isEqualTo(99);
                assertThat(remaining(container, "/shop/hello")).isEqualTo(98);
                assertThat(remaining(container, "/here/hello")).isEqualTo(499);
                assertThat(remaining(container, "/there/hello"))
                        .as("told to share")
                        .isEqualTo(498);
                assertThat(limit(container, "/own/hello")).isEqualTo("7");
                assertThat(limit(container, "/off/hello")).isEqualTo("none");
                assertThat(limit(container, "/ordered/hello")).isEqualTo("100");
                assertThat(container.alarms()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void systemProperties_countForAllApplications(Distribution distribution) throws Exception {
        Path elsewhere = folder.resolve("limits.yaml");
        Installation.write(elsewhere, "rules: [{name: api, path: /**, per: ip, rate: 9/hour}]");
        Installation installation = distribution
                .install(folder)
                .shareJar()
                .shareConfiguration("not: looked at")
                .option("-Dweir.config=" + elsewhere)
                .deploy(WebApp.named("shop"));
        try (Running container = installation.start()) {
            assertThat(limit(container, "/shop/hello")).isEqualTo("9");
            assertThat(container.alarms()).isEmpty();
        }
        installation.option("-Dweir.enabled=false");
        try (Running container = installation.start()) {
            assertThat(limit(container, "/shop/hello")).isEqualTo("none");
            assertThat(container.log())
                    .contains("/shop: Weir limits nothing: the system property weir.enabled is false");
        }
    }
}
