// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.SecurityPolicy;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyType;
import dev.weir.memory.MemoryStore;
import dev.weir.plan.Quota;
import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every check alone and every one of the 255 sets of checks that fail together: the first names the reason. */
class ChecksInOrderTest {

    /** One check: its reason, and what is recorded of it. */
    private record Expected(StartCheck check, String reason, Duration delay, AnomalyType type) {}

    private static final List<Expected> ORDER = List.of(
            new Expected(
                    StartCheck.BLOCK, "User blocked: Repeated abuse", Duration.ZERO, AnomalyType.UNAUTHORIZED_ACCESS),
            new Expected(
                    StartCheck.START_RATE,
                    "Rate limit exceeded. Retry in 1.0s",
                    Duration.ofSeconds(1),
                    AnomalyType.RATE_LIMIT_EXCEEDED),
            new Expected(
                    StartCheck.SERVICES_AT_ONCE,
                    "Concurrent service limit reached (1/1)",
                    Duration.ZERO,
                    AnomalyType.CONCURRENT_LIMIT_EXCEEDED),
            new Expected(
                    StartCheck.HOURLY_STARTS,
                    "Hourly service limit reached (1/1). Retry in 60 min",
                    Duration.ofHours(1),
                    AnomalyType.HOURLY_LIMIT_EXCEEDED),
            new Expected(StartCheck.PORT, "Port 22 is not allowed", Duration.ZERO, AnomalyType.UNAUTHORIZED_ACCESS),
            new Expected(
                    StartCheck.MEMORY, "Memory limit exceeded (512 MB asked, 256 MB granted)", Duration.ZERO, null),
            new Expected(StartCheck.CPU, "CPU limit exceeded (50 % asked, 25 % granted)", Duration.ZERO, null),
            new Expected(
                    StartCheck.OVERLOAD,
                    "Server overloaded. Retry in 1.5s",
                    Duration.ofMillis(1500),
                    AnomalyType.SERVER_OVERLOADED));

    private static final int SETS = 1 << ORDER.size();

    static IntStream sets() {
        return IntStream.range(0, SETS);
    }

    private static boolean fails(int set, StartCheck check) {
        int place = IntStream.range(0, ORDER.size())
                .filter(i -> ORDER.get(i).check() == check)
                .findFirst()
                .orElseThrow();
        return (set >> place & 1) != 0;
    }

    /** Numbers that are used up by one start, where they are to fail. */
    private static SecurityPolicy policy(int set, RateLimitStore store, ManualClock clock, Load load) {
        SecurityPolicy policy = SecurityPolicy.builder()
                .store(store)
                .time(clock)
                .monitor(load.monitor())
                .startRate(Quota.perMinute(60).burst(fails(set, StartCheck.START_RATE) ? 1 : 10))
                .build();
        policy.setProfile(
                "bob",
                UserProfile.free()
                        .withConcurrentServices(fails(set, StartCheck.SERVICES_AT_ONCE) ? 1 : 10)
                        .withServicesPerHour(fails(set, StartCheck.HOURLY_STARTS) ? 1 : 10)
                        .withPorts("8000-8999"));
        return policy;
    }

    private static Ask ask(int set) {
        return Ask.nothing()
                .withPort(fails(set, StartCheck.PORT) ? 22 : 8080)
                .withMemoryMb(fails(set, StartCheck.MEMORY) ? 512 : 256)
                .withCpuPercent(fails(set, StartCheck.CPU) ? 50 : 25);
    }

    @ParameterizedTest
    @MethodSource("sets")
    void firstCheckThatFails_namesTheReason_andNothingIsTaken(int set) {
        ManualClock clock = new ManualClock();
        Load load = new Load();
        try (RateLimitStore store = new MemoryStore(1_000, clock);
                SecurityPolicy policy = policy(set, store, clock, load)) {
            assertThat(policy.tryStart("bob", "first", Ask.nothing()).isAllowed())
                    .isTrue();
            if (fails(set, StartCheck.BLOCK)) {
                policy.block("bob", "Repeated abuse");
            }
            load.show(fails(set, StartCheck.OVERLOAD) ? Load.A_BIT_TOO_MUCH : 0, 0);
            Expected expected = ORDER.stream()
                    .filter(one -> fails(set, one.check()))
                    .findFirst()
                    .orElse(null);
            StartAnswer looked = policy.check("bob", "second", ask(set));
            assertThat(policy.anomalies().recent()).as("recorded by a look").isEmpty();
            StartAnswer answer = policy.tryStart("bob", "second", ask(set));
            assertThat(looked.reason()).isEqualTo(answer.reason());
            assertThat(looked.refusedBy()).isEqualTo(answer.refusedBy());
            assertThat(looked.delay()).isEqualTo(answer.delay());
            if (expected == null) {
                assertThat(answer.isAllowed()).isTrue();
                assertThat(answer.reason()).isEmpty();
                assertThat(answer.anomaly()).isEmpty();
                assertThat(policy.services("bob")).isEqualTo(2);
            } else {
                check(answer, expected, policy);
                assertThat(policy.services("bob")).as("running").isEqualTo(1);
                assertThat(policy.startedInTheLastHour("bob")).isEqualTo(1);
            }
        }
    }

    private static void check(StartAnswer answer, Expected expected, SecurityPolicy policy) {
        assertThat(answer.isAllowed()).isFalse();
        assertThat(answer.refusedBy()).contains(expected.check());
        assertThat(answer.reason()).isEqualTo(expected.reason());
        assertThat(answer.delay()).isEqualTo(expected.delay());
        if (expected.type() == null) {
            assertThat(answer.anomaly()).isEmpty();
            assertThat(policy.anomalies().recent()).isEmpty();
            return;
        }
        Anomaly anomaly = answer.anomaly().orElseThrow();
        assertThat(policy.anomalies().recent()).containsExactly(anomaly);
        assertThat(anomaly.type()).isEqualTo(expected.type());
        assertThat(anomaly.severity()).isEqualTo(expected.type().severity());
        assertThat(anomaly.user()).contains("bob");
        assertThat(anomaly.service()).contains("second");
        assertThat(anomaly.details()).isEqualTo(expected.reason());
    }
}
