// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An application that comes and goes ten times, with its limits in Redis, leaves nothing in the container. */
@Tag("containers")
class RedeployTest {

    private static final int TIMES = 10;
    private static final int REQUESTS = 12;
    private static final String OTHERS_OF_NETTY = "(?:globalEventExecutor|[a-zA-Z]*EventLoopGroup|threadDeathWatcher)-";
    private static final Pattern STARTED = Pattern.compile("/shop: Weir limits this application");

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void redeployedApplication_leavesNothing(Distribution distribution) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            WebApp shop = WebApp.named("shop").withJar().withConfiguration(SharedLimits.inRedis(redis, "1000/hour"));
            Installation installation =
                    distribution.install(folder).deploy(shop).option("-XX:SoftRefLRUPolicyMSPerMB=0");
            Path trigger = installation.trigger(shop);
            try (Running container = installation.start()) {
                use(container, redis);
                long loaders = container.count(installation.loader());
                long netty = threads(container, "lettuce-");
                assertThat(netty)
                        .as("threads of Lettuce and Netty, by the names that they have")
                        .isGreaterThan(1);
                for (int i = 1; i <= TIMES; i++) {
                    redeploy(container, trigger, i);
                    use(container, redis);
                }
                // Among them would be what Tomcat says of threads and thread-locals that an application leaves.
                assertThat(container.alarms()).isEmpty();
                // Jetty may keep the last one for a while, whatever is in it.
                long more = distribution.isTomcat() ? 0 : 1;
                await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
                    assertThat(container.count(installation.loader())).isBetween(loaders, loaders + more);
                    assertThat(threads(container, "weir-store")).isOne();
                    assertThat(threads(container, "lettuce-timer")).isOne();
                    // Some are started when there is something to do; one left by each deployment would be ten more.
                    assertThat(threads(container, "lettuce-")).isBetween(2L, netty + 2);
                    assertThat(threads(container, "lettuce-nioEventLoop")).isPositive();
                    assertThat(threads(container, OTHERS_OF_NETTY)).isZero();
                    assertThat(threads(container, "weir-redis")).isZero();
                });
            }
        }
    }

    private static void redeploy(Running container, Path trigger, int time) throws Exception {
        long before = STARTED.matcher(container.log()).results().count();
        Redeployment.touch(trigger, time);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> STARTED.matcher(container.log()).results().count() > before
                        && container.get("/shop/hello").statusCode() == 200);
    }

    /** Until Redis has decided as many requests of this deployment: the first ones may come before the connection. */
    private static void use(Running container, RedisServer redis) throws Exception {
        long before = decisions(redis);
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    assertThat(container.get("/shop/hello").statusCode()).isEqualTo(200);
                    return decisions(redis) >= before + REQUESTS;
                });
    }

    private static long decisions(RedisServer redis) throws Exception {
        try (var looking = redis.connect()) {
            return CommandCounts.of(looking).calls("evalsha");
        }
    }

    private static long threads(Running container, String name) throws Exception {
        return Pattern.compile("(?m)^\"" + name + "[^\"]*\"")
                .matcher(container.threads())
                .results()
                .count();
    }
}
