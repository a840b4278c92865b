// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.undertow.UndertowOptions;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What becomes of the body of a refused request, which the filter does not read: the client has its 429 in any case, and
 * what the container does with the rest is as its page says.
 */
@Tag("containers")
class UploadTest {

    private static final String ONCE = "rules: [{name: api, path: /**, per: ip, rate: 1/day}]\n";
    private static final long LARGE = 50_000_000;
    private static final long SMALL = 100_000;
    private static final int SILENT = 12;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern TOMCAT_WAITS = Pattern.compile("IdentityInputFilter\\.end\\(");
    private static final Pattern UNDERTOW_WAITS = Pattern.compile("HttpServletRequestImpl\\.closeAndDrainRequest\\(");

    @TempDir
    Path folder;

    private Running started(Installation installation) throws IOException {
        installation.deploy(WebApp.named("shop").withJar().withConfiguration(ONCE));
        Running container = installation.start();
        assertThat(container.get("/shop/hello").statusCode()).isEqualTo(200);
        return container;
    }

    private static void assertRefused(String answer) {
        assertThat(answer)
                .startsWith("HTTP/1.1 429")
                .containsIgnoringCase("Retry-After:")
                .contains("quota-exceeded");
    }

    /** {@return how much the server has taken, with what the buffers on the way hold} */
    private static long upload(int port, long length) throws Exception {
        try (Upload upload = new Upload(port)) {
            CompletableFuture<Long> sent = upload.head("/shop/hello", length).send(length);
            assertRefused(upload.until("}"));
            return sent.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void largeUpload_isToldAndCutOff(Distribution distribution) throws Exception {
        try (Running container = started(distribution.install(folder))) {
            assertThat(upload(container.port(), LARGE)).isLessThan(LARGE);
            upload(container.port(), SMALL);
            assertThat(container.alarms()).isEmpty();
        }
    }

    /** Jetty asks for no body; Tomcat does at once, unless it is told to wait for somebody who reads it. */
    @ParameterizedTest
    @EnumSource
    void clientThatAsksFirst(Distribution distribution) throws Exception {
        try (Running container = started(distribution.install(folder))) {
            assertThat(answerToExpect(container.port()))
                    .startsWith(distribution.isTomcat() ? "HTTP/1.1 100" : "HTTP/1.1 429");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "TOMCAT.*")
    void clientThatAsksFirst_whereThePageSaysSo(Distribution distribution) throws Exception {
        Tomcat tomcat = (Tomcat) distribution.install(folder);
        try (Running container = started(tomcat.connector("continueResponseTiming=\"onRead\""))) {
            assertThat(answerToExpect(container.port())).startsWith("HTTP/1.1 429");
        }
    }

    private static String answerToExpect(int port) throws IOException {
        try (Upload upload = new Upload(port)) {
            return upload.head("/shop/hello", LARGE, "Expect: 100-continue").until("\r\n\r\n");
        }
    }

    /** Clients that send a few bytes and fall silent, more of them than there are threads. */
    @ParameterizedTest
    @EnumSource
    void silentUploads_holdNoThreadWhereThePageSaysSo(Distribution distribution) throws Exception {
        Installation installation = distribution.install(folder).fewThreads(SILENT - 2);
        if (installation instanceof Tomcat tomcat) {
            tomcat.connector("maxSwallowSize=\"0\"");
        }
        try (Running container = started(installation)) {
            List<Upload> silent = silent(container.port(), SILENT);
            assertThat(container.get("/shop/hello").statusCode())
                    .as("somebody else's")
                    .isEqualTo(429);
            close(silent);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ALL, names = "TOMCAT.*")
    void silentUploads_holdAThreadEachOfATomcatAsItIs(Distribution distribution) throws Exception {
        try (Running container = started(distribution.install(folder))) {
            List<Upload> silent = silent(container.port(), 3);
            awaitWaiting(TOMCAT_WAITS, 3, () -> threadsOf(container));
            close(silent);
            awaitWaiting(TOMCAT_WAITS, 0, () -> threadsOf(container));
        }
    }

    /** Undertow reads all of a body that nobody wants, and waits for it. */
    @Test
    void undertow_readsWhatIsRefused() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), ONCE);
        UndertowTest.withInitializer(configuration, UndertowTest.server(), port -> {
            UndertowTest.get(port, "/shop/hello", HttpClient.Version.HTTP_1_1);
            assertThat(upload(port, LARGE)).isEqualTo(LARGE);
            assertThat(answerToExpect(port)).startsWith("HTTP/1.1 429");
            List<Upload> silent = silent(port, 3);
            awaitWaiting(UNDERTOW_WAITS, 3, UploadTest::threadsHere);
            close(silent);
            awaitWaiting(UNDERTOW_WAITS, 0, UploadTest::threadsHere);
        });
    }

    @Test
    void undertow_waitsNoLongerThanItIsTold() throws Exception {
        Path configuration = Files.writeString(folder.resolve("weir.yaml"), ONCE);
        UndertowTest.withInitializer(
                configuration, UndertowTest.server().setSocketOption(UndertowTest.READ_TIMEOUT, 500), port -> {
                    UndertowTest.get(port, "/shop/hello", HttpClient.Version.HTTP_1_1);
                    List<Upload> silent = silent(port, 3);
                    for (Upload upload : silent) {
                        assertThat(upload.isEnded(PATIENCE)).isTrue();
                    }
                    awaitWaiting(UNDERTOW_WAITS, 0, UploadTest::threadsHere);
                    close(silent);
                });
        assertThat(UndertowOptions.DEFAULT_MAX_ENTITY_SIZE)
                .as("what the page says is refused without the filter")
                .isEqualTo(2 << 20);
    }

    private static List<Upload> silent(int port, int count) throws Exception {
        List<Upload> silent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Upload upload = new Upload(port);
            silent.add(upload);
            assertThat(upload.head("/shop/hello", SMALL).send(3).get()).isEqualTo(3);
            assertRefused(upload.until("}"));
        }
        return silent;
    }

    private static void close(List<Upload> uploads) throws IOException {
        for (Upload upload : uploads) {
            upload.close();
        }
    }

    private static void awaitWaiting(Pattern where, long threads, Supplier<String> stacks) {
        await().atMost(PATIENCE)
                .until(() -> where.matcher(stacks.get()).results().count() == threads);
    }

    private static String threadsOf(Running container) {
        try {
            return container.threads();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String threadsHere() {
        return Thread.getAllStackTraces().values().stream()
                .map(Arrays::toString)
                .collect(Collectors.joining("\n"));
    }
}
