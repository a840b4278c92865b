// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weir.RateLimiter;
import dev.weir.load.LoadSource;
import dev.weir.load.ResourceMonitor;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.DispatcherType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What callers and the operator see of an overloaded server, and of bad credentials. */
class OverloadTest {

    private static final String CONFIG = Limiters.ANYBODY + """
            profiles:
              tenants: {acme: {tier: enterprise}}
            rules:
              - {name: api, path: /**, rate: 1000/min}
              - {name: pay, path: /pay, rate: 1000/min, never-shed: true}
            overload: {}
            anomalies: {}
            """;

    @TempDir
    Path folder;

    private static ResourceMonitor busy() {
        return ResourceMonitor.builder()
                .source(new LoadSource() {
                    @Override
                    public double cpuPercent() {
                        return 90;
                    }

                    @Override
                    public double memoryPercent() {
                        return 10;
                    }
                })
                .build();
    }

    private RateLimiter limiter() throws Exception {
        Path file = folder.resolve("weir.yaml");
        Files.writeString(file, CONFIG);
        return RateLimiter.builder(file).resourceMonitor(busy()).build();
    }

    @ParameterizedTest
    @EnumSource
    void lowestPriorityGets503_whileOthersAreServed_andAllOfItIsRecorded(Containers containers) throws Exception {
        List<Answer> shed = new ArrayList<>();
        try (RateLimiter limiter = limiter()) {
            WebApp app = new WebApp()
                    .filter(new RateLimitFilter(limiter), DispatcherType.REQUEST)
                    .servlet(
                            "/hello",
                            (request, response) -> response.getWriter().print("hello"))
                    .servlet("/pay", (request, response) -> response.setStatus(401));
            try (Container container = containers.start(app, Files.createDirectory(folder.resolve("container")))) {
                for (int i = 0; i < 10; i++) {
                    assertThat(Http.get(container, "/hello", "X-Tenant: acme").status())
                            .isEqualTo(200);
                    Answer answer = Http.get(container, "/hello", "X-User: fred");
                    if (answer.status() != 200) {
                        shed.add(answer);
                    }
                }
                assertThat(Http.get(container, "/pay").status()).isEqualTo(401);
            }
            assertThat(shed).hasSizeGreaterThan(6).allSatisfy(OverloadTest::saysWhenToComeBack);
            assertThat(limiter.shedRequests()).isEqualTo(shed.size());
        }
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve("weir-anomalies.jsonl"))) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines).hasSize(shed.size() + 1);
        assertThat(lines.subList(0, shed.size()))
                .allMatch(line -> line.get("type").asText().equals("SERVER_OVERLOADED")
                        && line.get("user_id").asText().equals("fred"));
        JsonNode last = lines.get(shed.size());
        assertThat(last.get("type").asText()).isEqualTo("UNAUTHORIZED_ACCESS");
        assertThat(last.get("address").asText()).isEqualTo("127.0.0.1");
        assertThat(last.get("user_id").isNull()).isTrue();
    }

    private static void saysWhenToComeBack(Answer answer) {
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.number("Retry-After")).isBetween(3L, 6L);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
        assertThat(answer.body()).contains("#temporary-reduced-capacity").doesNotContain("fred");
        assertThat(answer.has("X-RateLimit-Limit")).isFalse();
    }
}
