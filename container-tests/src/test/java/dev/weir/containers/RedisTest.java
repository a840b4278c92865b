// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.containers.app.TimedFilter;
import dev.weir.redisrig.CommandCounts;
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

    /** The bound that docs/install/tomcat.md names. */
    private static final long BOUND_MILLIS = 3_000;

    private static final int MEASUREMENTS = 3;
    private static final Pattern TOOK = Pattern.compile(TimedFilter.TOOK + "([0-9]+) ms");
    private static final String TIMED = "<filter><filter-name>timed</filter-name><filter-class>"
            + TimedFilter.class.getName() + "</filter-class><async-supported>true</async-supported><init-param>"
            + "<param-name>config</param-name><param-value>/WEB-INF/own.yaml</param-value></init-param></filter>"
            + "<filter-mapping><filter-name>timed</filter-name><url-pattern>/*</url-pattern>"
            + "<dispatcher>REQUEST</dispatcher></filter-mapping>";

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

    /**
     * The filter's own part of it, without the container's. A machine that stalls may make one measurement long, so the
     * shortest of some counts.
     */
    @ParameterizedTest
    @EnumSource
    void redisThatHangs_keepsNobodyFromUndeployingForThreeSeconds(Distribution distribution) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            WebApp timed = WebApp.named("timed")
                    .withJar()
                    .withFile("WEB-INF/own.yaml", SharedLimits.inRedis(redis, "1000/hour"))
                    .describe(TIMED);
            Installation installation = distribution.install(folder).deploy(timed);
            Path trigger = installation.trigger(timed);
            try (Running container = installation.start()) {
                long shortest = Long.MAX_VALUE;
                for (int i = 1; i <= MEASUREMENTS && shortest >= BOUND_MILLIS; i++) {
                    awaitDecisions(container, redis);
                    redis.freeze();
                    Redeployment.touch(trigger, i);
                    shortest = Math.min(shortest, awaitEnd(container, i));
                    redis.thaw();
                }
                System.out.println("RedisTest: " + distribution + " ended in " + shortest + " ms");
                assertThat(shortest).isLessThan(BOUND_MILLIS);
            }
        }
    }

    private static void awaitDecisions(Running container, RedisServer redis) throws Exception {
        try (var looking = redis.connect()) {
            long before = CommandCounts.of(looking).calls("evalsha");
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                assertThat(container.get("/timed/hello").statusCode()).isIn(200, 404, 503);
                return CommandCounts.of(looking).calls("evalsha") > before;
            });
        }
    }

    /** What is printed at the so-manieth end. */
    private static long awaitEnd(Running container, int ends) {
        return await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> TOOK.matcher(container.log()).results().toList(), all -> all.size() >= ends)
                .stream()
                .skip(ends - 1)
                .mapToLong(end -> Long.parseLong(end.group(1)))
                .findFirst()
                .orElseThrow();
    }
}
