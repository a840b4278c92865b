// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void helpPrintsTheUsage() {
        assertThat(run("--help")).isZero();
        assertThat(text(out)).startsWith("Usage: ./weir demo");
        assertThat(text(err)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--colour", "demo", "--port", "--config", "--port -1", "--port 65536", "--port http", "--redis"})
    void senselessOptionsPrintTheUsage(String line) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(text(err)).contains(line.substring(line.indexOf(' ') + 1), "Usage: ./weir demo");
        assertThat(text(out)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"redis://:hunter2@h", "rediss://u:hunter2@h:1", "redis://u:h@unter2@h", "redis-cluster://:@h"})
    void passwordInTheCommandLineIsRefusedAndNotRepeated(String address) {
        assertThat(run("--redis", address)).isEqualTo(2);
        assertThat(text(err)).contains("REDIS_PASSWORD").doesNotContain("hunter2", "unter2");
    }

    @Test
    void userInTheAddressIsNoPassword() throws Exception {
        assertThat(Options.parse("--redis", "redis://demo@[::1]:6379/0").redis())
                .contains("redis://demo@[::1]:6379/0");
    }

    @Test
    void addressThatMakesNoSenseIsExplainedWithoutAStack() {
        assertThat(run("--redis", "localhost")).isEqualTo(1);
        assertThat(text(err)).contains("--redis", "must begin with redis://").doesNotContain("\tat ");
    }

    @Test
    @Timeout(30) // a demo that starts would never end
    void addressReachesTheStore() {
        assertThat(run("--redis", "redis://demo@127.0.0.1", "--port", "0")).isEqualTo(1);
        assertThat(text(err))
                .contains("names the user demo but there is no password")
                .doesNotContain("\tat ");
    }

    @Test
    void embeddedRedisEndsWithADemoThatCannotStart() throws IOException {
        try (Demo demo = Demo.start(RateLimiter.builder(Main.reference()).build(), 0)) {
            String port = Integer.toString(demo.address().getPort());

            assertThat(run("--redis", "embedded", "--port", port)).isEqualTo(1);
        }

        assertThat(text(out)).startsWith("Redis ").contains(" at redis://127.0.0.1:");
        assertThat(ProcessHandle.current()
                        .children()
                        .filter(child -> child.info().command().orElse("").contains("redis-")))
                .isEmpty();
    }

    @Test
    void lastOfTwoOptionsCounts() throws Exception {
        Options options = Options.parse("--config", "a.yaml", "--port", "0", "--config", "b.yaml");

        assertThat(options.config()).contains(Path.of("b.yaml"));
        assertThat(options.port()).isZero();
        assertThat(Options.parse().port()).isEqualTo(8080);
        assertThat(Options.parse().redis()).isEmpty();
    }

    @Test
    void badConfigurationIsExplainedWithoutAStack(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("mine.yaml"), "rules: {}\ntires: 4\n");

        assertThat(run("--config", file.toString())).isEqualTo(1);
        assertThat(text(err))
                .startsWith("mine.yaml has ")
                .contains("mine.yaml:2")
                .doesNotContain("\tat ");
    }

    @Test
    void missingConfigurationIsExplainedWithoutAStack(@TempDir Path folder) {
        assertThat(run("--config", folder.resolve("none.yaml").toString())).isEqualTo(1);
        assertThat(text(err)).contains("none.yaml", "there is no such file").doesNotContain("\tat ");
    }

    @Test
    void busyPortIsOneFriendlyLine() throws IOException {
        try (Demo demo = Demo.start(RateLimiter.builder(Main.reference()).build(), 0)) {
            String port = Integer.toString(demo.address().getPort());

            assertThat(run("--port", port)).isEqualTo(1);
            assertThat(text(err))
                    .startsWith("Port " + port)
                    .contains("--port 0")
                    .hasLineCount(1);
        }
    }

    @Test
    void welcomeNamesTheCallers() throws IOException {
        try (Demo demo = Demo.start(RateLimiter.builder(Main.reference()).build(), 0)) {
            assertThat(Welcome.text(demo))
                    .contains(
                            demo.address().toString(),
                            "weir.yaml",
                            "Store: memory\n",
                            "alice      tenant acme      pro")
                    .contains("mallory    no tenant        free, blocked")
                    .containsPattern("curl .*\n.*curl .*\n.*curl ");
        }
    }

    @Test
    void referenceIsTheDocumentedOne() throws IOException {
        Path documented = Path.of(System.getProperty("weir.root"), "docs", "weir.yaml");

        assertThat(Main.class.getResourceAsStream("weir.yaml")).hasBinaryContent(Files.readAllBytes(documented));
    }

    private int run(String... args) {
        return Main.run(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
