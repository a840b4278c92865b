// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.anomaly.AnomalyType;
import dev.weir.config.Configuration;
import dev.weir.identity.FakeRequest;
import dev.weir.identity.Identity;
import dev.weir.load.LoadSource;
import dev.weir.load.ResourceMonitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Under overload the lowest priorities are shed first, as large a share as the load is above its threshold. */
class LoadSheddingTest {

    private static final String RULES = """
            identity:
              tenant: [{attribute: tenantId}]
            exempt: [{path: /health}]
            profiles:
              tenants:
                basics: {tier: basic}
                pros: {tier: pro}
                big: {tier: enterprise}
              users:
                pros/fred: {tier: free}
                mallory: {tier: free, blocked: Repeated abuse}
            rules:
              - {name: api, path: /**, rate: 1000000/min, concurrent: 100000}
              - {name: pay, path: /pay, rate: 1000000/min, never-shed: true}
              - {name: staff, path: /staff, per: user, within: tenant, rate: 1000000/min, never-shed: true}
              - {name: unwritten, path: /off, rate: 1000000/min, never-shed: true, mode: off}
            """;

    private static final Duration INTERVAL = Duration.ofSeconds(5);

    private final FakeStore store = new FakeStore();
    private final FakeTime time = new FakeTime();
    private double cpu = 10;
    private final RateLimiter limiter = limiter(RULES + "overload: {}\n");

    private RateLimiter limiter(String yaml) {
        ResourceMonitor monitor = ResourceMonitor.builder()
                .time(time)
                .interval(INTERVAL)
                .source(new LoadSource() {
                    @Override
                    public double cpuPercent() {
                        return cpu;
                    }

                    @Override
                    public double memoryPercent() {
                        return Double.NaN;
                    }
                })
                .build();
        return RateLimiter.builder(Configuration.parse("weir.yaml", yaml))
                .store(store)
                .time(time)
                .resourceMonitor(monitor)
                .build();
    }

    @AfterEach
    void close() {
        limiter.close();
    }

    /** The load from the next reading on. */
    private void load(double percent) {
        cpu = percent;
        time.advance(INTERVAL);
    }

    private static FakeRequest of(String tenant) {
        FakeRequest request = FakeRequest.get("/");
        return tenant.isEmpty() ? request : request.tenant(tenant);
    }

    private Decision.Status decide(FakeRequest request) {
        Decision decision = limiter.decide(request);
        limiter.complete(decision, 200);
        return decision.status();
    }

    private boolean isShed(FakeRequest request) {
        return decide(request) == Decision.Status.SHED;
    }

    /** How many of a hundred each are shed while all come in turn. */
    private Map<String, Integer> shedOfHundred(String... tenants) {
        Map<String, Integer> shed = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            for (String tenant : tenants) {
                shed.merge(tenant, isShed(of(tenant)) ? 1 : 0, Integer::sum);
            }
        }
        return shed;
    }

    @Test
    void underThreshold_nothingIsShed() {
        load(80);
        assertThat(shedOfHundred("", "basics", "pros", "big").values()).containsOnly(0);
        assertThat(limiter.shedRequests()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        // load, of: nobody's, basic, pro, enterprise
        "80.1, 20, 0, 0, 0", // 5 % of all at least
        "85, 100, 0, 0, 0", // 25 %
        "90, 100, 100, 0, 0",
        "92, 100, 100, 40, 0",
        "95, 100, 100, 100, 0",
        "97, 100, 100, 100, 40",
        "100, 100, 100, 100, 60", // 90 % at most
    })
    void share_followsTheExcess_andTheLowestPrioritiesGoFirst(
            double percent, int nobody, int basic, int pro, int enterprise) {
        load(percent);
        Map<String, Integer> shed = shedOfHundred("", "basics", "pros", "big");
        int start = 7; // while the first few requests show what comes at all
        assertThat(shed.get("")).isBetween(nobody - start, nobody);
        assertThat(shed.get("basics")).isBetween(basic - start, basic + start);
        assertThat(shed.get("pros")).isBetween(pro - start, pro + start);
        assertThat(shed.get("big")).isBetween(enterprise - start, enterprise + start);
        assertThat(limiter.shedRequests())
                .isEqualTo(shed.values().stream().mapToInt(Integer::intValue).sum());
    }

    @Test
    void whereAllAreEqual_theShareIsShedOfThem() {
        load(90);
        assertThat(shedOfHundred("big")).containsEntry("big", 50);
    }

    @Test
    void shareIsOfWhatComesNow() {
        load(90);
        shedOfHundred("", "big");
        time.advance(Duration.ofSeconds(3));
        assertThat(shedOfHundred("big").get("big")).isEqualTo(50);
    }

    @Test
    void mostPreciseProfile_saysThePriority() {
        load(85);
        List<Boolean> shed = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            isShed(of("pros"));
            isShed(of("pros"));
            isShed(of("pros"));
            shed.add(isShed(of("pros").user("fred")));
        }
        assertThat(shed.subList(4, 20)).containsOnly(true);
    }

    @Test
    void shedRequest_is503_withTimeToComeBack_andChargesNothing() {
        load(90);
        Decision decision = null;
        for (int i = 0; i < 10 && (decision == null || decision.isAdmitted()); i++) {
            store.charges.clear();
            decision = limiter.decide(of(""));
            if (decision.isAdmitted()) {
                limiter.complete(decision, 200);
            }
        }
        assertThat(store.charges).isEmpty();
        assertThat(decision.status()).isEqualTo(Decision.Status.SHED);
        assertThat(decision.isAdmitted()).isFalse();
        long seconds = decision.retryAfter().orElseThrow().toSeconds();
        assertThat(seconds).isBetween(3L, 6L); // 2.8 s, rounded up, and as much again
        Map<String, String> headers = new HashMap<>();
        limiter.headers(decision, headers::put);
        assertThat(headers)
                .containsOnly(Map.entry("Retry-After", "" + seconds), Map.entry("Cache-Control", "no-store"));
        Refusal refusal = limiter.refusal(of(""), decision);
        assertThat(refusal.status()).isEqualTo(503);
        assertThat(new String(refusal.body(), java.nio.charset.StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"https://iana.org/assignments/http-problem-types#temporary-reduced-capacity\","
                        + "\"title\":\"Temporarily reduced capacity\",\"status\":503,"
                        + "\"detail\":\"The server is under load. Retry in " + seconds + " seconds.\"}");
        assertThat(limiter.complete(decision, 0)).isFalse();
        assertThat(limiter.inFlight()).isZero();
    }

    @Test
    void timesToComeBack_areSpread() {
        load(100);
        List<Long> seconds = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            limiter.decide(of("")).retryAfter().ifPresent(wait -> seconds.add(wait.toSeconds()));
        }
        assertThat(seconds)
                .hasSizeGreaterThan(400)
                .contains(5L, 6L, 7L, 8L, 9L, 10L)
                .allMatch(s -> s >= 5 && s <= 10);
    }

    @Test
    void shedRequest_isRecorded() {
        load(100);
        shedOfHundred("basics");
        assertThat(limiter.anomalies().byType(AnomalyType.SERVER_OVERLOADED))
                .hasSize(90)
                .allSatisfy(event -> assertThat(event.tenant()).contains("basics"));
    }

    @Test
    void rulesThatAreNeverShed_exemptPathsAndPreflights_pass() {
        load(100);
        shedOfHundred("");
        for (int i = 0; i < 20; i++) {
            assertThat(decide(FakeRequest.get("/pay"))).isEqualTo(Decision.Status.ADMITTED);
            assertThat(decide(FakeRequest.get("/health"))).isEqualTo(Decision.Status.EXEMPT);
            assertThat(decide(FakeRequest.get("/staff").tenant("big").user("fred")))
                    .isEqualTo(Decision.Status.ADMITTED);
            assertThat(decide(FakeRequest.of("OPTIONS", "/")
                            .with("Origin", "https://example.org")
                            .with("Access-Control-Request-Method", "PUT")))
                    .isEqualTo(Decision.Status.ADMITTED);
        }
        assertThat(decide(FakeRequest.get("/").user("mallory"))).isEqualTo(Decision.Status.BLOCKED);
    }

    @Test
    void rulesThatDoNotApply_saveNobody() {
        load(100);
        int shed = 0;
        for (int i = 0; i < 20; i++) {
            shed += isShed(FakeRequest.get("/staff")) ? 1 : 0; // nobody is logged in
            shed += isShed(FakeRequest.get("/off")) ? 1 : 0;
        }
        assertThat(shed).isGreaterThan(30);
    }

    @Test
    void withoutTheSection_nothingIsShed() {
        try (RateLimiter without = limiter(RULES)) {
            load(100);
            for (int i = 0; i < 50; i++) {
                assertThat(without.decide(of("")).isAdmitted()).isTrue();
            }
            assertThat(without.resources().isOverloaded()).isTrue();
            assertThat(without.shedRequests()).isZero();
        }
    }

    @Test
    void recovery_takesOneInterval() {
        load(100);
        assertThat(shedOfHundred("").get("")).isEqualTo(90);
        cpu = 20;
        time.advance(INTERVAL.minusNanos(1));
        assertThat(shedOfHundred("").get("")).isEqualTo(90);
        time.advance(Duration.ofNanos(1));
        assertThat(shedOfHundred("").get("")).isZero();
    }

    @Test
    void peeking_shedsNobody() {
        load(100);
        for (int i = 0; i < 20; i++) {
            assertThat(limiter.peek(Identity.unknown(), "GET", "/").isAdmitted())
                    .isTrue();
        }
    }

    /** Read by the limiter's own thread, from this machine. */
    @Test
    void configuredThresholds_areThoseOfTheMonitor() {
        String yaml = RULES + "overload: {cpu: 55%, memory: 66%, interval: 100ms}\n";
        try (RateLimiter own = RateLimiter.builder(Configuration.parse("weir.yaml", yaml))
                .store(store)
                .build()) {
            assertThat(own.resources().reading().cpuThreshold()).isEqualTo(55);
            assertThat(own.resources().reading().memoryThreshold()).isEqualTo(66);
            while (own.resources().reading().memoryPercent().isEmpty()) {
                Thread.onSpinWait();
            }
        }
    }
}
