// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.RateLimiter;
import dev.weir.SecurityPolicy;
import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.anomaly.AnomalyType;
import dev.weir.config.Configuration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every sample of docs/security-policy.md is compiled and run. */
class SecurityPolicyPageTest {

    private static final Path ROOT = Path.of(System.getProperty("weir.root"));
    private static final List<String> CALLS = List.of(
            "A profile from a tier",
            "A profile with its own numbers",
            "A limiter for code",
            "May this user start this service?",
            "Register and end a service",
            "Overload",
            "An anomaly log",
            "Record an anomaly",
            "Recent anomalies",
            "A summary of the last hours",
            "A policy",
            "The policy of the process",
            "Block a user at run time",
            "A profile source");

    private final SecurityPolicy policy = SecurityPolicy.builder(
                    Configuration.parse(
                            "weir.yaml",
                            "tiers: {gold: {rates: {requests: 9/min}, concurrent: {services: 7}}}\noverload: {cpu: 100%, memory: 100%}"))
            .anomalies(AnomalyLog.builder().build())
            .build();
    private final SecurityPolicySnippets snippets = new SecurityPolicySnippets(policy);

    @BeforeEach
    void writeTheConfigurationWhereTheSamplesLookForIt() throws IOException {
        Files.writeString(Path.of("weir.yaml"), "profiles: {users: {eve: {tier: pro}}}\n");
        Files.deleteIfExists(Path.of("anomalies.jsonl"));
    }

    @AfterEach
    void close() throws IOException {
        policy.close();
        Files.deleteIfExists(Path.of("weir.yaml"));
    }

    private static String page() throws IOException {
        return Files.readString(ROOT.resolve("docs/security-policy.md"));
    }

    private static String squeeze(String code) {
        return code.replaceAll("\\s+", "");
    }

    @Test
    void everyCall_hasASampleThatStandsInTheClassThatIsRun() throws IOException {
        String source = squeeze(
                Files.readString(ROOT.resolve("it-tests/src/test/java/dev/weir/readme/SecurityPolicySnippets.java")));
        String[] sections = page().split("(?m)^## ", -1);
        assertThat(sections).hasSize(CALLS.size() + 1);
        for (int i = 0; i < CALLS.size(); i++) {
            String section = sections[i + 1];
            assertThat(section).startsWith(CALLS.get(i) + "\n");
            Matcher samples = Pattern.compile("^```java\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                    .matcher(section);
            int found = 0;
            for (; samples.find(); found++) {
                assertThat(source).as(CALLS.get(i)).contains(squeeze(samples.group(1)));
            }
            assertThat(found).as("samples of " + CALLS.get(i)).isPositive();
        }
    }

    @Test
    void profiles() {
        assertThat(snippets.profileFromATier()).isEqualTo(2 + 7);
        snippets.profileWithItsOwnNumbers();
        assertThat(policy.profile("user123").concurrentServices()).isEqualTo(3);
        assertThat(policy.check("user123", "s", Ask.nothing().withPort(80)).reason())
                .isEqualTo("Port 80 is not allowed");
    }

    @Test
    void limiterForCode() {
        assertThat(snippets.limiterForCode()).isZero();
    }

    @Test
    void starts() {
        snippets.mayThisUserStartThisService();
        assertThat(snippets.told).isEmpty();
        await().atMost(Duration.ofSeconds(10)).until(() -> snippets.logged.size() == 1);
        assertThat(snippets.logged).allMatch(StartAnswer::isAllowed);
        assertThat(policy.services("acme/fred")).isEqualTo(1);

        Ask tooMuch = Ask.nothing().withMemoryMb(1000);
        assertThat(snippets.registerAndEnd(tooMuch)).containsExactly(0, 0);
        assertThat(snippets.told)
                .containsExactly("Memory limit exceeded (1000 MB asked, 256 MB granted) " + Duration.ZERO);
        assertThat(snippets.registerAndEnd(Ask.nothing())).containsExactly(1, 2);
        assertThat(snippets.served).containsExactly("my-api");
        assertThat(policy.services("user123")).isZero();
    }

    @Test
    void overload() {
        snippets.overload();
    }

    @Test
    void anomalies() throws IOException {
        try (AnomalyLog log = snippets.anomalyLog()) {
            Anomaly recorded = snippets.recordAnAnomaly(log);
            assertThat(snippets.recentAnomalies(log)).containsExactly(1, 1, 0);
            assertThat(snippets.summary(log))
                    .isEqualTo("1 {UNAUTHORIZED_ACCESS=1} {" + recorded.severity() + "=1} {acme/user123=1}");
            await().atMost(Duration.ofSeconds(10)).until(() -> snippets.alerts.size() == 1);
        }
        assertThat(Files.readString(Path.of("anomalies.jsonl"))).contains("\"user_id\": \"user123\"");
        Files.delete(Path.of("anomalies.jsonl"));
    }

    @Test
    void policies_andThatOfTheProcess() throws IOException {
        SecurityPolicy before = SecurityPolicy.standard();
        try (RateLimiter limiter = RateLimiter.from(Path.of("weir.yaml"))) {
            List<SecurityPolicy> policies = snippets.policies(limiter);
            SecurityPolicy own = policies.get(0);
            assertThat(policies.get(1).profile("eve").tier()).isEqualTo("pro");
            assertThat(policies.get(2)).isSameAs(limiter.securityPolicy());
            own.block("user123", "Repeated abuse");
            own.tryStart("user123", "s", Ask.nothing());
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> snippets.alerts.stream()
                            .anyMatch(alert -> alert.type().equals(AnomalyType.UNAUTHORIZED_ACCESS)));
            own.unblock("user123");
            snippets.policyOfTheProcess(own);
            policies.forEach(SecurityPolicy::close);
        } finally {
            SecurityPolicy.replaceStandard(before);
            Files.deleteIfExists(Path.of("weir-anomalies.jsonl"));
        }
    }

    @Test
    void blocks() {
        assertThat(snippets.block()).isTrue();
        assertThat(policy.check("user123", "s", Ask.nothing()).reason()).isEqualTo("User blocked: Repeated abuse");
        assertThat(policy.check("acme/fred", "s", Ask.nothing()).reason()).isEqualTo("User blocked: Unpaid");
    }

    @Test
    void profileSource() {
        try (RateLimiter limiter = snippets.profileSource()) {
            SecurityPolicy own = limiter.securityPolicy();
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> own.profile("user123").tier().equals("enterprise"));
        }
    }
}
