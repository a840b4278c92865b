// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.anomaly.AnomalyType;
import dev.weir.anomaly.Severity;
import dev.weir.anomaly.WebhookDigest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookDigestTest {

    private final LinkedBlockingQueue<String> posted = new LinkedBlockingQueue<>();
    private final AtomicInteger status = new AtomicInteger(204);
    private final CountDownLatch end = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/hook", exchange -> {
            int code = status.get(); // before the test knows, which sets another one then
            posted.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            answer(exchange, code);
        });
        server.createContext("/elsewhere", exchange -> posted.add("followed a redirect"));
        server.start();
    }

    private void answer(HttpExchange exchange, int code) throws IOException {
        exchange.getResponseHeaders().add("Location", "/elsewhere");
        exchange.sendResponseHeaders(code, code == 200 ? 0 : -1);
        if (code == 200) {
            exchange.getResponseBody().write(1); // and no end of it
            exchange.getResponseBody().flush();
            await(end);
        }
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @AfterEach
    void stop() {
        end.countDown();
        server.stop(0);
        threads.shutdownNow();
    }

    private WebhookDigest.Builder digest() {
        return WebhookDigest.to(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hook"))
                .every(Duration.ofMillis(20))
                .timeout(Duration.ofSeconds(5));
    }

    private JsonNode next() throws Exception {
        String body = posted.poll(20, TimeUnit.SECONDS);
        assertThat(body).isNotNull();
        return new ObjectMapper().readTree(body);
    }

    private static void record(AnomalyLog log, AnomalyType type, String user, int times) {
        for (int i = 0; i < times; i++) {
            log.record(Anomaly.builder(type).tenant("acme").user(user));
        }
        assertThat(log.flush(Duration.ofSeconds(20))).isTrue();
    }

    /** Digests are posted when they are, so counts are read until they are complete. */
    private long totalOf(long expected) throws Exception {
        long total = 0;
        while (total < expected) {
            total += next().get("total_count").asLong();
        }
        return total;
    }

    @Test
    void digest_countsAll_whatWasLeftOutToo_andNamesNobody() throws Exception {
        try (WebhookDigest digest = digest().every(Duration.ofMillis(500)).build();
                AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 30);
            JsonNode body = next();
            assertThat(body.get("total_count").asLong()).isEqualTo(30);
            assertThat(body.get("by_type").get("RATE_LIMIT_EXCEEDED").asLong()).isEqualTo(30);
            assertThat(body.get("by_severity").get("medium").asLong()).isEqualTo(30);
            assertThat(body.get("text").asText()).isEqualTo("Weir: 30 anomalies (30 RATE_LIMIT_EXCEEDED)");
            assertThat(body.has("top_users")).isFalse();
            assertThat(body.toString()).doesNotContain("fred", "acme");
        }
    }

    @Test
    void users_areNamedOnlyWhereThatIsAskedFor_escaped() throws Exception {
        try (WebhookDigest digest = digest().withUsers().build();
                AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fr\"\n\u2028ed", 1);
            assertThat(next().get("top_users").get("acme/fr\"\n\u2028ed").asLong())
                    .isEqualTo(1);
        }
    }

    @Test
    void whatMattersLess_isLeftOut() throws Exception {
        try (WebhookDigest digest = digest().atLeast(Severity.HIGH).build();
                AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 1);
            record(log, AnomalyType.UNAUTHORIZED_ACCESS, "fred", 1);
            assertThat(next().get("by_type").toString()).isEqualTo("{\"UNAUTHORIZED_ACCESS\":1}");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {500, 302, 404})
    void whatWasNotTaken_isPostedAgain_andNoRedirectIsFollowed(int refused) throws Exception {
        status.set(refused);
        try (WebhookDigest digest = digest().build();
                AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 2);
            assertThat(next().get("total_count").asLong()).isEqualTo(2);
            assertThat(next().get("total_count").asLong()).isEqualTo(2);
            record(log, AnomalyType.RAPID_RESTART, "eve", 1);
            JsonNode both = next();
            while (both.get("total_count").asLong() != 3) {
                both = next();
            }
            assertThat(both.get("by_type").get("RAPID_RESTART").asLong()).isEqualTo(1);
            status.set(204);
        }
    }

    @Test
    void answerWithoutEnd_isNotWaitedFor() throws Exception {
        status.set(200);
        try (WebhookDigest digest = digest().timeout(Duration.ofMillis(200)).build();
                AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 1);
            next();
            status.set(204);
            assertThat(next().get("total_count").asLong()).isEqualTo(1); // again, because nobody knows
        }
    }

    @Test
    void webhookThatIsGone_hurtsNobody() {
        server.stop(0);
        try (WebhookDigest digest = digest().build();
                AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 1_000);
            assertThat(log.summary().totalCount()).isEqualTo(1_000);
        }
    }

    @Test
    void close_postsWhatWaits() throws Exception {
        WebhookDigest digest = digest().every(Duration.ofHours(1)).build();
        try (AnomalyLog log = AnomalyLog.builder().onAnomaly(digest).build()) {
            record(log, AnomalyType.RATE_LIMIT_EXCEEDED, "fred", 3);
            digest.close();
            assertThat(totalOf(3)).isEqualTo(3);
            digest.accept(log.recent(1).get(0));
        }
        assertThat(posted).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.org/x",
                "file:///etc/passwd",
                "/hook",
                "https:///x",
                "https://u:p@example.org/",
                "jar:http://x"
            })
    void otherAddresses_areRefused(String address) {
        assertThatThrownBy(() -> WebhookDigest.to(URI.create(address)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("webhook must be https://HOST/PATH");
    }

    @Test
    void numbersOutOfRange_areRefused() {
        assertThatThrownBy(() -> digest().every(Duration.ZERO)).hasMessage("every must be 1 ms to PT24H but was PT0S");
        assertThatThrownBy(() -> digest().timeout(Duration.ofHours(1)))
                .hasMessage("timeout must be 1 ms to PT1M but was PT1H");
    }
}
