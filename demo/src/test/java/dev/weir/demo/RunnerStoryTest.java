// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.RateLimiter;
import dev.weir.load.LoadSource;
import dev.weir.load.ResourceMonitor;
import dev.weir.time.TimeSource;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Services that are started and ended over HTTP. */
class RunnerStoryTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final Meter meter = new Meter();
    private Demo demo;

    /** A meter that shows what a test says; each reading is a new one. */
    private static final class Meter implements LoadSource, TimeSource {
        private final AtomicLong seconds = new AtomicLong();
        private volatile double cpu;

        @Override
        public double cpuPercent() {
            return cpu;
        }

        @Override
        public double memoryPercent() {
            return 0;
        }

        @Override
        public long nanoTime() {
            return Duration.ofSeconds(10 * seconds.incrementAndGet()).toNanos();
        }

        @Override
        public Instant now() {
            return Instant.EPOCH;
        }
    }

    @BeforeEach
    void start() throws IOException {
        ResourceMonitor monitor =
                ResourceMonitor.builder().source(meter).time(meter).build();
        demo = Demo.start(
                RateLimiter.builder(Main.reference()).resourceMonitor(monitor).build(), 0);
    }

    @AfterEach
    void stop() {
        demo.close();
    }

    private HttpResponse<String> send(String method, String path, String caller, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(demo.address().resolve(path))
                .timeout(Duration.ofSeconds(10))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!caller.isEmpty()) {
            request.header("Authorization", "Bearer " + caller);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    private static String body(String project, String user, int port, String profile) {
        return "{\"project_id\": \"" + project + "\", \"readme_content\": \"# Hello\\n\", \"port\": " + port
                + ", \"user_id\": \"" + user + "\"" + (profile.isEmpty() ? "" : ", \"user_profile\": " + profile) + "}";
    }

    private HttpResponse<String> run(String caller, String project, String user, String profile) throws Exception {
        return send("POST", "runner/run", caller, body(project, user, 8080, profile));
    }

    private static Map<String, Object> json(HttpResponse<String> answer) {
        return JsonReader.object(answer.body());
    }

    private static void isRefused(HttpResponse<String> answer, int status, String reason) {
        assertThat(answer.body())
                .isEqualTo("{\"success\":false,\"message\":\"" + reason + "\",\"error_category\":\"permission\","
                        + "\"logs\":[\"\uD83D\uDD12 Security: " + reason + "\"]}");
        assertThat(answer.statusCode()).isEqualTo(status);
    }

    @Test
    void story_fromTheFirstServiceToTheSummary() throws Exception {
        HttpResponse<String> first = run("fred", "my-api", "fred", "");
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(first.body())
                .isEqualTo("{\"success\":true,\"message\":\"Service my-api started on port 8080\",\"port\":8080,"
                        + "\"logs\":[\"Service my-api started on port 8080\"]}");
        assertThat(run("fred", "my-job", "fred", "").statusCode()).isEqualTo(200);
        isRefused(run("fred", "third", "fred", ""), 429, "Concurrent service limit reached (2/2)");

        assertThat(send("DELETE", "runner/my-job", "fred", "").statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "runner/my-job", "fred", "").statusCode()).isEqualTo(404);
        assertThat(run("fred", "third", "fred", "").statusCode()).isEqualTo(200);

        // In another's name, or with a profile of his own making.
        isRefused(run("fred", "theirs", "alice", ""), 403, "You may act for yourself only");
        isRefused(run("fred", "mine", "fred", "{\"tier\": \"ENTERPRISE\"}"), 403, "Only platform may send a profile");

        // The trusted caller acts for anybody, and says what he has.
        String profile = "{\"tier\": \"PRO\", \"max_concurrent_services\": 1, \"max_memory_mb\": 1024,"
                + " \"max_cpu_percent\": 50, \"max_requests_per_minute\": 90, \"max_services_per_hour\": 2}";
        assertThat(run("platform", "a", "user123", profile).statusCode()).isEqualTo(200);
        isRefused(run("platform", "b", "user123", ""), 429, "Concurrent service limit reached (1/1)");
        assertThat(send("DELETE", "runner/a", "platform", "").statusCode()).isEqualTo(200);
        assertThat(run("platform", "b", "user123", "").statusCode()).isEqualTo(200);
        assertThat(send("DELETE", "runner/b?user_id=user123", "platform", "").statusCode())
                .isEqualTo(200);
        HttpResponse<String> hourly = run("platform", "c", "user123", "");
        isRefused(hourly, 429, "Hourly service limit reached (2/2). Retry in 60 min");
        assertThat(Long.parseLong(hourly.headers().firstValue("Retry-After").orElseThrow()))
                .isBetween(3590L, 3600L);
        isRefused(run("platform", "x", "mallory", ""), 403, "User blocked: Repeated abuse");
        isRefused(send("POST", "runner/run", "platform", body("x", "gus", 22, "")), 403, "Port 22 is not allowed");

        // Under load the lowest priority is refused, the others are delayed.
        meter.cpu = 84.4;
        HttpResponse<String> overloaded = run("platform", "x", "somebody", "");
        isRefused(overloaded, 503, "Server overloaded. Retry in 1.5s");
        assertThat(overloaded.headers().firstValue("Retry-After")).hasValue("2");
        assertThat(run("platform", "x", "eve", "").body())
                .contains("\"success\":true", "\"logs\":[\"Server under load, delayed by 1.5s\",\"Service x started");
        meter.cpu = 0;

        HttpResponse<String> summary = send("GET", "runner/summary", "eve", "");
        assertThat(summary.statusCode()).isEqualTo(200);
        Map<String, Object> counts = json(summary);
        assertThat((Map<?, ?>) counts.get("by_type"))
                .hasToString("{UNAUTHORIZED_ACCESS=4, CONCURRENT_LIMIT_EXCEEDED=2, SERVER_OVERLOADED=2,"
                        + " HOURLY_LIMIT_EXCEEDED=1}");
        assertThat((Map<?, ?>) counts.get("by_severity")).hasToString("{high=4, medium=3, low=2}");
        assertThat(counts).containsEntry("total_count", 9L).containsEntry("hours", 24L);
        assertThat(((Map<?, ?>) counts.get("top_users")).get("fred")).isEqualTo(3L);

        // What the page shows.
        Map<String, Object> state = json(send("GET", "demo/state", "", ""));
        assertThat(state.get("services").toString())
                .contains("project=my-api", "project=third", "project=x", "user=fred")
                .doesNotContain("project=my-job", "project=b,");
        assertThat(state.get("holders").toString())
                .contains("{name=fred, services=2, mostServices=2, started=3, mostStarts=5/hour rolling}");
        assertThat(state.get("feed").toString()).contains("details=Port 22 is not allowed", "user_id=gus");
        assertThat(((Map<?, ?>) state.get("summary")).get("total_count")).isEqualTo(9L);
    }

    /** The filter's refusal comes first, and keeps its form. */
    @Test
    void requestsAreLimitedBeforeStarts() throws Exception {
        HttpResponse<String> answer = run("fred", "my-api", "fred", "");
        for (int i = 0; i < 30 && answer.statusCode() == 200; i++) {
            send("DELETE", "runner/my-api", "fred", "");
            answer = send("GET", "runner/summary", "fred", "");
        }
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/problem+json");
        assertThat(run("mallory", "x", "mallory", "")
                        .headers()
                        .firstValue("Content-Type")
                        .orElseThrow())
                .startsWith("application/problem+json");
    }

    @Test
    void sameProjectTwice_isOneService() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(run("fred", "my-api", "fred", "").statusCode()).isEqualTo(200);
        }
        assertThat(demo.limiter().securityPolicy().services("fred")).isEqualTo(1);
        isRefused(run("fred", "my-api", "fred", ""), 429, "Hourly service limit reached (5/5). Retry in 60 min");
        assertThat(json(send("GET", "runner/summary", "fred", ""))
                        .get("by_type")
                        .toString())
                .contains("RAPID_RESTART=1");
    }

    @Test
    void callersOfATenant_countInIt_andEndTheirOwn() throws Exception {
        run("alice", "app", "alice", "");
        run("bob", "app", "bob", "");
        assertThat(demo.limiter().securityPolicy().services("acme/alice")).isEqualTo(1);
        assertThat(send("DELETE", "runner/app", "platform", "").statusCode()).isEqualTo(400);
        assertThat(send("DELETE", "runner/app?user_id=alice", "bob", "").statusCode())
                .isEqualTo(403);
        assertThat(send("DELETE", "runner/app", "bob", "").statusCode()).isEqualTo(200);
        assertThat(demo.limiter().securityPolicy().services("acme/alice")).isEqualTo(1);
        assertThat(send("DELETE", "runner/app", "platform", "").statusCode()).isEqualTo(200);
        assertThat(demo.limiter().securityPolicy().services("acme/alice")).isZero();
    }

    @Test
    void whoeverHasNoName_doesNothing() throws Exception {
        assertThat(run("", "x", "fred", "").statusCode()).isEqualTo(401);
        assertThat(run("zoe", "x", "zoe", "").statusCode()).isEqualTo(401);
        assertThat(send("DELETE", "runner/x", "", "").statusCode()).isEqualTo(401);
        assertThat(send("GET", "runner/summary", "", "").statusCode()).isEqualTo(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense | the body is not JSON",
                "{} | project_id must be a text",
                "{\"project_id\": \"a b\", \"readme_content\": \"\", \"port\": 1, \"user_id\": \"eve\"} | project_id must be",
                "{\"project_id\": \"a\", \"port\": 1, \"user_id\": \"eve\"} | readme_content must be a text",
                "{\"project_id\": \"a\", \"readme_content\": \"\", \"port\": 0, \"user_id\": \"eve\"} | port must be",
                "{\"project_id\": \"a\", \"readme_content\": \"\", \"port\": \"80\", \"user_id\": \"eve\"} | port must be",
                "{\"project_id\": \"a\", \"readme_content\": \"\", \"port\": 80, \"user_id\": \" \"} | user_id must have",
                "{\"project_id\": \"a\", \"readme_content\": \"\", \"port\": 80, \"user_id\": \"e\", \"x\": 1} | unknown key x",
                "{\"project_id\": \"a\", \"readme_content\": \"\", \"port\": 80, \"user_id\": \"e\", \"user_profile\": 1} | must be an"
            })
    void badRequest_isToldWhatIsWrong(String body, String problem) throws Exception {
        HttpResponse<String> answer = send("POST", "runner/run", "platform", body);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("message").toString()).contains(problem);
        assertThat(json(answer)).containsEntry("success", false).containsEntry("error_category", "validation");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"tier\": \"gold\"} | there is no tier",
                "{\"max_memory_mb\": 0} | max_memory_mb must be",
                "{\"max_services_per_hour\": 10001} | max_services_per_hour must be",
                "{\"max_cpu\": 1} | unknown key user_profile.max_cpu"
            })
    void badProfile_isToldWhatIsWrong(String profile, String problem) throws Exception {
        HttpResponse<String> answer = run("platform", "a", "user123", profile);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("message").toString()).contains(problem);
        assertThat(demo.limiter().securityPolicy().services("user123")).isZero();
    }
}
