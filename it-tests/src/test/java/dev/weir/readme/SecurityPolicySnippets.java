// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.QuotaLimiter;
import dev.weir.RateLimiter;
import dev.weir.SecurityPolicy;
import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartRefused;
import dev.weir.admission.StartedService;
import dev.weir.admission.UserProfile;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.anomaly.AnomalySummary;
import dev.weir.anomaly.AnomalyType;
import dev.weir.anomaly.Severity;
import dev.weir.identity.Identity;
import dev.weir.load.LoadReading;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.plan.Quota;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The code of docs/security-policy.md, so that it compiles and runs. {@code SecurityPolicyPageTest} runs it. */
final class SecurityPolicySnippets {

    /** What an application's runner may be. */
    record ServiceRunner(SecurityPolicy policy) {
        void run(String user, String service, Ask ask, Runnable work) {
            try (StartedService started = policy.start(user, service, ask)) {
                work.run();
            }
        }
    }

    private final SecurityPolicy policy;
    private final Customers customers = new Customers();

    final List<String> told = new ArrayList<>();
    final List<Anomaly> alerts = new CopyOnWriteArrayList<>();
    final List<StartAnswer> logged = new CopyOnWriteArrayList<>();
    final List<String> served = new ArrayList<>();

    SecurityPolicySnippets(SecurityPolicy policy) {
        this.policy = policy;
    }

    long profileFromATier() {
        UserProfile free = UserProfile.free();
        long atOnce = free.concurrentServices(); // 2
        UserProfile gold = policy.profileOfTier("gold"); // as configured
        return atOnce + gold.concurrentServices();
    }

    void profileWithItsOwnNumbers() {
        UserProfile profile = UserProfile.pro()
                .withConcurrentServices(3)
                .withMemoryMb(1024)
                .withCpuPercent(50)
                .withRequestsPerMinute(100)
                .withServicesPerHour(30)
                .withPorts("443", "8000-8999");
        policy.setProfile("user123", profile);
    }

    double limiterForCode() {
        QuotaLimiter limiter = QuotaLimiter.of(Quota.perMinute(60).burst(10));
        boolean could = limiter.canConsume("user123"); // takes nothing
        boolean may = limiter.tryConsume("user123");
        double seconds = limiter.timeToWait("user123").toMillis() / 1000.0; // 0.0 if it need not wait
        assertThat(could && may).isTrue();
        assertThat(limiter.remaining("user123")).isEqualTo(9);
        limiter.close();
        return seconds;
    }

    void mayThisUserStartThisService() {
        Ask ask = Ask.nothing().withPort(8080).withMemoryMb(256).withCpuPercent(25);
        StartAnswer answer = policy.check("user123", "my-api", ask);
        if (!answer.isAllowed()) {
            tell(answer.reason(), answer.delay());
            answer.anomaly().ifPresent(this::alert); // tryStart and start record, check does not
        }
        policy.tryStartAsync(Identity.of("acme", "fred"), "my-api", ask).thenAccept(this::log);
    }

    long[] registerAndEnd(Ask ask) {
        try (StartedService service = policy.start("user123", "my-api", ask)) {
            wait(service.answer().delay()); // under load
            serve(service);
        } catch (StartRefused refused) {
            tell(refused.getMessage(), refused.answer().delay());
        }
        policy.tryStart("user123", "my-job", ask);
        long now = policy.services("user123");
        long lastHour = policy.startedInTheLastHour("user123");
        policy.end("user123", "my-job");
        return new long[] {now, lastHour};
    }

    void overload() {
        ResourceMonitor monitor =
                ResourceMonitor.builder().cpuPercent(80).memoryPercent(85).build();
        boolean overloaded = monitor.isOverloaded();
        LoadReading reading = monitor.reading(); // both loads, both thresholds, its age
        Duration delay = monitor.throttleDelay();
        assertThat(overloaded).isEqualTo(!delay.isZero());
        assertThat(reading.cpuThreshold()).isEqualTo(80);
        assertThat(reading.memoryThreshold()).isEqualTo(85);
    }

    AnomalyLog anomalyLog() {
        AnomalyLog log = AnomalyLog.builder()
                .file(Path.of("anomalies.jsonl"))
                .remember(10_000)
                .onAnomaly(this::alert)
                .build();
        return log;
    }

    Anomaly recordAnAnomaly(AnomalyLog log) {
        Anomaly recorded = log.record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS)
                .details("Wrong PIN three times")
                .user("user123")
                .tenant("acme")
                .service("my-api")
                .severity(Severity.HIGH));
        return recorded;
    }

    int[] recentAnomalies(AnomalyLog log) {
        List<Anomaly> recent = log.recent();
        List<Anomaly> ofUser = log.byUser("user123");
        List<Anomaly> ofType = log.byType(AnomalyType.RAPID_RESTART, 10);
        return new int[] {recent.size(), ofUser.size(), ofType.size()};
    }

    String summary(AnomalyLog log) {
        AnomalySummary summary = log.summary(); // or summary(48)
        long total = summary.totalCount();
        Map<String, Long> byType = summary.byType();
        Map<Severity, Long> bySeverity = summary.bySeverity();
        Map<String, Long> topUsers = summary.topUsers();
        return total + " " + byType + " " + bySeverity + " " + topUsers;
    }

    List<SecurityPolicy> policies(RateLimiter rateLimiter) {
        SecurityPolicy own = SecurityPolicy.builder()
                .anomalyFile(Path.of("weir-anomalies.jsonl"))
                .startRate(Quota.perMinute(60).burst(10))
                .cpuThreshold(80)
                .memoryThreshold(85)
                .onAnomaly(this::alert)
                .build();
        SecurityPolicy ofFile = SecurityPolicy.from(Path.of("weir.yaml"));
        SecurityPolicy ofLimiter = rateLimiter.securityPolicy();
        return List.of(own, ofFile, ofLimiter);
    }

    void policyOfTheProcess(SecurityPolicy own) {
        SecurityPolicy shared = SecurityPolicy.standard();
        SecurityPolicy.replaceStandard(own).ifPresent(SecurityPolicy::close);
        ServiceRunner runner = new ServiceRunner(SecurityPolicy.standard());
        ServiceRunner isolated = new ServiceRunner(
                SecurityPolicy.builder().cpuThreshold(100).memoryThreshold(100).build()); // minds no load
        assertThat(shared).isNotSameAs(own);
        assertThat(runner.policy()).isSameAs(own);
        isolated.run("user123", "my-api", Ask.nothing(), () -> {
            assertThat(isolated.policy().services("user123")).isEqualTo(1);
            assertThat(runner.policy().services("user123")).isZero();
        });
        isolated.policy().close();
    }

    boolean block() {
        policy.block("user123", "Repeated abuse");
        boolean lifted = policy.unblock("user123");
        policy.block("user123", "Repeated abuse", Duration.ofHours(1)); // ends by itself
        policy.profiles().block(Identity.of("acme", null), "Unpaid"); // a whole tenant
        return lifted;
    }

    RateLimiter profileSource() {
        ProfileSource database = new ProfileSource() {
            @Override
            public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                return customers
                        .find(user)
                        .map(row -> Profile.ofTier(row.tier()).withVersion(row.version()));
            }
        };
        RateLimiter limiterOfDatabase = RateLimiter.builder(Path.of("weir.yaml"))
                .profileSource(database, 50_000, Duration.ofMinutes(5))
                .build();
        return limiterOfDatabase;
    }

    private void tell(String reason, Duration delay) {
        told.add(reason + " " + delay);
    }

    private void alert(Anomaly anomaly) {
        alerts.add(anomaly);
    }

    private void log(StartAnswer answer) {
        logged.add(answer);
    }

    private void wait(Duration delay) {
        assertThat(delay).isZero();
    }

    private void serve(StartedService service) {
        served.add(service.service());
    }

    private static final class Customers {

        private record Row(String tier, long version) {}

        Optional<Row> find(String user) {
            return user.equals("user123") ? Optional.of(new Row("enterprise", 7)) : Optional.empty();
        }
    }
}
