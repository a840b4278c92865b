// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.containers.app.ShapesServlet;
import dev.weir.containers.app.ThreadServlet;
import dev.weir.redisrig.RedisServer;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each container on the newest JDK that is installed here, with virtual threads where that JDK has them. */
@Tag("containers")
class NewestJdkTest {

    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    private static final List<String> PATHS =
            List.of("/hello", "/thread", "/shape/async-complete", "/shape/async-dispatch");

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
                            .servlet(ThreadServlet.class, "/thread")
                            .servlet(ShapesServlet.class, "/shape/*"));
            if (version >= FIRST_WITH_VIRTUAL_THREADS) {
                installation.virtualThreads();
            }
            try (Running container = installation.start()) {
                assertLimits(container, version, 100);
                try (var looking = redis.connect()) {
                    assertThat(looking.list("KEYS", "/shop:*")).isNotEmpty();
                }
                assertThat(container.alarms()).isEmpty();
            }
        }
    }

    /** Undertow has nothing to download, so it is started by a class in a JVM of that JDK. */
    @Test
    void undertow_limitsOnTheNewestJdk() throws Exception {
        Jdk jdk = newest();
        try (RedisServer redis = RedisServer.start()) {
            Path configuration =
                    Files.writeString(folder.resolve("weir.yaml"), SharedLimits.inRedis(redis, PATHS.size() + "/hour"));
            try (Running container = UndertowMain.start(jdk.home(), configuration)) {
                assertLimits(container, jdk.version(), PATHS.size());
                HttpResponse<String> refused = container.get("/shop/thread");
                assertThat(refused.statusCode()).isEqualTo(429);
                assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
                assertThat(refused.headers().firstValueAsLong("X-RateLimit-Remaining"))
                        .hasValue(0);
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                try (var looking = redis.connect()) {
                    assertThat(looking.list("KEYS", "/shop:*")).isNotEmpty();
                }
                assertThat(container.alarms())
                        .allMatch(
                                alarm -> UndertowMain.OF_UNDERTOW.matcher(alarm).find(), "of Undertow itself");
            }
        }
    }

    private static void assertLimits(Running container, int version, long rate) {
        long left = rate;
        for (String path : PATHS) {
            HttpResponse<String> answer = container.get("/shop" + path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            assertThat(answer.headers().firstValueAsLong("X-RateLimit-Limit")).hasValue(rate);
            assertThat(answer.headers().firstValueAsLong("X-RateLimit-Remaining"))
                    .as(path)
                    .hasValue(--left);
            if (path.equals("/thread")) {
                assertThat(answer.body()).isEqualTo(version >= FIRST_WITH_VIRTUAL_THREADS ? "virtual" : "platform");
            }
        }
    }
}
