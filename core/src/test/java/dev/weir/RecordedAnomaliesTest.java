// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import dev.weir.time.TimeSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Section 10 of the design: what a limiter refuses is recorded, and what passes is not. */
class RecordedAnomaliesTest {

    private static final String RULES = """
            identity:
              tenant: [{attribute: tenantId}]
            exempt: [{path: /health}]
            profiles:
              users:
                mallory: {tier: free, blocked: Repeated abuse}
            rules:
              - {name: api, path: /**, rate: 10/min, concurrent: 3}
              - {name: vault, path: /vault, rate: 10/min, on-failure: closed}
              - {name: trial, path: /trial, rate: 10/min, mode: shadow}
            """;

    private final FakeStore store = new FakeStore();
    private final FakeTime time = new FakeTime();

    @TempDir
    private Path folder;

    private RateLimiter limiter(Consumer<RateLimiterBuilder> more) {
        RateLimiterBuilder builder = RateLimiter.builder(Configuration.parse("weir.yaml", RULES))
                .store(store)
                .time(time);
        more.accept(builder);
        return builder.build();
    }

    private static FakeRequest request(String path, String user) {
        return FakeRequest.get(path).user(user).tenant("acme").from("192.0.2.7");
    }

    /** What is recorded of one request that is answered so. */
    private List<String> recorded(FakeRequest request, int status) {
        try (RateLimiter limiter = limiter(b -> {})) {
            limiter.complete(limiter.decide(request), status);
            return limiter.anomalies().recent().stream()
                    .map(RecordedAnomaliesTest::text)
                    .toList();
        }
    }

    private static String text(Anomaly event) {
        return event.type() + " " + event.severity().word() + " "
                + event.tenant().orElse("-") + "/"
                + event.user().orElse("-") + " at " + event.address().orElse("-") + " by "
                + event.rule().orElse("-") + ": " + event.details();
    }

    @Test
    void refusedRate_isRecorded() {
        store.refuse("BUCKET api", 5);
        assertThat(recorded(request("/", "fred"), 0))
                .containsExactly("RATE_LIMIT_EXCEEDED medium acme/fred at 192.0.2.7 by api: Rate limit exceeded");
    }

    @Test
    void refusedPlace_isRecorded_unlessARateRefusedToo() {
        store.refuse("LEASE api", 0);
        assertThat(recorded(request("/", "fred"), 0))
                .containsExactly(
                        "CONCURRENT_LIMIT_EXCEEDED medium acme/fred at 192.0.2.7 by api: Too many requests at once");
        store.refuse("BUCKET vault", 5);
        assertThat(recorded(request("/vault", "fred"), 0))
                .containsExactly("RATE_LIMIT_EXCEEDED medium acme/fred at 192.0.2.7 by api: Rate limit exceeded");
    }

    @Test
    void impossibleRequest_isRecorded() {
        store.answer("BUCKET api", item -> item.verdict(Verdict.IMPOSSIBLE));
        assertThat(recorded(request("/", "fred"), 0))
                .containsExactly("RATE_LIMIT_EXCEEDED medium acme/fred at 192.0.2.7 by api:"
                        + " Request costs more than the quota can hold");
    }

    @Test
    void blockedCaller_isRecorded_withTheReason() {
        assertThat(recorded(FakeRequest.get("/").user("mallory").from("2001:db8::7"), 0))
                .containsExactly(
                        "UNAUTHORIZED_ACCESS high -/mallory at 2001:db8::7 by -: User blocked: Repeated abuse");
    }

    @Test
    void badCredentials_areRecorded_byAddressAlone() {
        assertThat(recorded(request("/", "fred"), 401))
                .containsExactly("UNAUTHORIZED_ACCESS high -/- at 192.0.2.7 by -: Bad credentials (401)");
    }

    @Test
    void whatPasses_isNoAnomaly() {
        assertThat(recorded(request("/", "fred"), 200)).isEmpty();
        assertThat(recorded(request("/", "fred"), 403)).isEmpty();
        assertThat(recorded(request("/health", "fred"), 401)).isEmpty();
        store.refuse("trial", 5);
        assertThat(recorded(request("/trial", "fred"), 200)).isEmpty();
    }

    @Test
    void storeThatDoesNotAnswer_isNoAnomalyOfTheCaller() {
        store.fail(charge -> charge.fail(Outcome.NOT_SENT, null));
        assertThat(recorded(request("/vault", "fred"), 0)).isEmpty();
    }

    @Test
    void peeking_recordsNothing() {
        store.refuse("api", 5);
        try (RateLimiter limiter = limiter(b -> {})) {
            limiter.peek(dev.weir.identity.Identity.of(null, "fred"), "GET", "/");
            assertThat(limiter.anomalies().recent()).isEmpty();
        }
    }

    @Test
    void secondCompletion_recordsNothingMore() {
        try (RateLimiter limiter = limiter(b -> {})) {
            Decision decision = limiter.decide(request("/", "fred"));
            limiter.complete(decision, 401);
            limiter.complete(decision, 401);
            assertThat(limiter.anomalies().recent()).hasSize(1);
        }
    }

    @Test
    void clockThatThrows_hurtsNoRequest() {
        store.refuse("BUCKET api", 5);
        TimeSource broken = new TimeSource() {
            @Override
            public long nanoTime() {
                return 0;
            }

            @Override
            public Instant now() {
                throw new IllegalStateException("no clock");
            }
        };
        AnomalyLog log = AnomalyLog.builder().time(broken).build();
        try (RateLimiter limiter = limiter(b -> b.anomalyLog(log))) {
            assertThat(limiter.decide(request("/", "fred")).status()).isEqualTo(Decision.Status.REFUSED);
            Decision passes = limiter.decide(request("/health", "fred"));
            assertThat(limiter.complete(passes, 401)).isFalse();
        }
        store.answer("BUCKET api", item -> {});
        try (RateLimiter limiter = limiter(b -> b.anomalyLog(log))) {
            Decision passes = limiter.decide(request("/", "fred"));
            assertThat(passes.isAdmitted()).isTrue();
            assertThat(limiter.complete(passes, 401)).isFalse();
            assertThat(limiter.inFlight()).isZero();
        }
    }

    @Test
    void logOfTheApplications_isUsed_andLeftOpen() {
        store.refuse("BUCKET api", 5);
        List<Anomaly> told = Collections.synchronizedList(new ArrayList<>());
        try (AnomalyLog log = AnomalyLog.builder().onAnomaly(told::add).build()) {
            try (RateLimiter limiter = limiter(b -> b.anomalyLog(log))) {
                assertThat(limiter.anomalies()).isSameAs(log);
                limiter.decide(request("/", "fred"));
            }
            assertThat(log.flush(Duration.ofSeconds(20))).isTrue();
            assertThat(told).hasSize(1);
            assertThatThrownBy(() -> limiter(b -> b.anomalyLog(log).onAnomaly(told::add)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("add the callback to the log that was given");
        }
    }

    @Test
    void callback_isTold() {
        store.refuse("BUCKET api", 5);
        List<Anomaly> told = Collections.synchronizedList(new ArrayList<>());
        try (RateLimiter limiter = limiter(b -> b.onAnomaly(told::add))) {
            limiter.decide(request("/", "fred"));
        }
        assertThat(told).extracting(RecordedAnomaliesTest::text).hasSize(1);
    }

    private void configure(String anomalies) throws IOException {
        Files.writeString(folder.resolve("weir.yaml"), RULES + anomalies);
    }

    private List<Path> written(String anomalies) throws IOException {
        configure(anomalies);
        store.refuse("BUCKET api", 5);
        try (RateLimiter limiter = RateLimiter.builder(folder.resolve("weir.yaml"))
                .store(store)
                .time(time)
                .build()) {
            limiter.decide(request("/", "fred"));
            assertThat(limiter.anomalies().summary().totalCount()).isEqualTo(1);
        }
        try (var files = Files.list(folder)) {
            return files.filter(file -> !file.endsWith("weir.yaml")).toList();
        }
    }

    @Test
    void file_standsBesideTheConfiguration() throws IOException {
        assertThat(written("anomalies: {}\n")).containsExactly(folder.resolve("weir-anomalies.jsonl"));
        assertThat(Files.readString(folder.resolve("weir-anomalies.jsonl")))
                .contains("\"user_id\": \"fred\", \"tenant_id\": \"acme\"")
                .endsWith("}\n");
    }

    @Test
    void fileOfAnotherName_orNone() throws IOException {
        assertThat(written("anomalies: {file: bad.jsonl}\n")).containsExactly(folder.resolve("bad.jsonl"));
        Files.delete(folder.resolve("bad.jsonl"));
        assertThat(written("anomalies: {file: none}\n")).isEmpty();
        assertThat(written("")).isEmpty();
    }

    @Test
    void digests_standForNames() throws IOException {
        written("anomalies: {identities: digest}\n");
        assertThat(Files.readString(folder.resolve("weir-anomalies.jsonl")))
                .contains("\"user_id\": \"hmac:", "\"tenant_id\": \"hmac:", "\"address\": \"hmac:")
                .doesNotContain("fred", "acme", "192.0.2.7");
    }

    @Test
    void fileThatCannotBe_stopsTheStart() throws IOException {
        assertThatThrownBy(() -> written("anomalies: {file: none/x.jsonl}\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("needs a folder that exists; make " + folder.resolve("none"));
    }
}
