// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.containers.app.ShapesServlet;
import dev.weir.redisrig.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each container on the newest JDK that is installed here, with virtual threads where that JDK has them. */
@Tag("containers")
class NewestJdkTest {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    @TempDir
    Path folder;

    private record Jdk(int version, Path home) {}

    private static Jdk newest() throws IOException {
        List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
        Path installed = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(installed)) {
            try (Stream<Path> all = Files.list(installed)) {
                homes.addAll(all.toList());
            }
        }
        Jdk best = new Jdk(0, homes.get(0));
        for (Path home : homes) {
            int version = version(home);
            best = version > best.version() ? new Jdk(version, home) : best;
        }
        return best;
    }

    private static int version(Path home) throws IOException {
        Path release = home.resolve("release");
        if (!Files.isExecutable(home.resolve("bin/java")) || !Files.isRegularFile(release)) {
            return 0;
        }
        return Files.readAllLines(release).stream()
                .filter(line -> line.startsWith("JAVA_VERSION="))
                .map(line -> line.replaceAll("[^0-9.]", "").split("\\.", 2)[0])
                .mapToInt(Integer::parseInt)
                .findFirst()
                .orElse(0);
    }

    static List<Arguments> containers() throws IOException {
        Jdk jdk = newest();
        assertThat(jdk.version()).isGreaterThanOrEqualTo(17);
        return Stream.of(Distribution.values())
                .map(each -> Arguments.of(each, jdk.version(), jdk.home()))
                .toList();
    }

    @ParameterizedTest(name = "{0} on JDK {1}")
    @MethodSource("containers")
    void container_limitsOnTheNewestJdk(Distribution distribution, int version, Path jdk) throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            Installation installation = distribution
                    .install(folder)
                    .jdk(jdk)
                    .deploy(WebApp.named("shop")
                            .withJar()
                            .withConfiguration(SharedLimits.inRedis(redis, "100/hour"))
                            .servlet(ShapesServlet.class, "/shape/*"));
            if (version >= FIRST_WITH_VIRTUAL_THREADS) {
                installation.virtualThreads();
            }
            try (Running container = installation.start()) {
                long left = 100;
                for (String path : new String[] {"/hello", "/shape/async-complete", "/shape/async-dispatch"}) {
                    var answer = container.get("/shop" + path);
                    assertThat(answer.statusCode()).isEqualTo(200);
                    assertThat(answer.headers().firstValueAsLong("X-RateLimit-Remaining"))
                            .hasValue(--left);
                }
                try (var looking = redis.connect()) {
                    assertThat(looking.list("KEYS", "/shop:*")).isNotEmpty();
                }
                assertThat(container.alarms()).isEmpty();
            }
        }
    }
}
