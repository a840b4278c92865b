// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.containers.app.NeighbourServlet;
import dev.weir.redisrig.RedisServer;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The JAR beside an application that carries the same libraries in other versions: each uses its own. */
@Tag("containers")
class NeighbourTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource
    void application_keepsItsOwnLibraries(Distribution distribution) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            WebApp shop = WebApp.named("shop")
                    .withJar()
                    .withConfiguration(SharedLimits.inRedis(redis, "100/hour"))
                    .servlet(NeighbourServlet.class, "/libraries");
            for (Path jar : neighbours()) {
                shop.withJar(jar);
            }
            try (Running container = distribution.install(folder).deploy(shop).start()) {
                HttpResponse<String> answer = container.get("/shop/libraries?redis=" + redis.uri());
                assertThat(answer.body()).isEqualTo("netty 4.1.107.Final jackson 2.15.4 slf4j 1.6.99 lettuce PONG");
                assertThat(answer.headers().firstValue("X-RateLimit-Remaining")).hasValue("99");
                try (var looking = redis.connect()) {
                    assertThat(looking.list("KEYS", "/shop:*")).isNotEmpty();
                }
                assertThat(container.log()).contains("The application logs.");
                assertThat(container.alarms()).isEmpty();
            }
        }
    }

    private static List<Path> neighbours() throws Exception {
        try (Stream<Path> jars = Files.list(Path.of(System.getProperty("weir.neighbours")))) {
            List<Path> all = jars.toList();
            assertThat(all).hasSizeGreaterThan(10);
            return all;
        }
    }
}
