// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.SecurityPolicy;
import dev.weir.SecurityPolicyBuilder;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyType;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.plan.Quota;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy does beyond the order of its checks. */
class SecurityPolicyTest {

    private static final Ask NOTHING = Ask.nothing();

    private final ManualClock clock = new ManualClock();
    private final Load load = new Load();
    private SecurityPolicy policy = builder().build();

    private SecurityPolicyBuilder builder() {
        return SecurityPolicy.builder().time(clock).monitor(load.monitor());
    }

    @AfterEach
    void close() {
        policy.close();
    }

    private void use(SecurityPolicyBuilder builder) {
        policy.close();
        policy = builder.build();
    }

    private void useFile(String yaml) {
        use(SecurityPolicy.builder(Configuration.parse("weir.yaml", yaml)).time(clock));
    }

    @Test
    void handle_endsTheService() {
        StartedService first = policy.start("bob", "one", NOTHING);
        try (StartedService second = policy.start("bob", "two", NOTHING)) {
            assertThat(second.who()).isEqualTo(Identity.of(null, "bob"));
            assertThat(second.service()).isEqualTo("two");
            assertThatThrownBy(() -> policy.start("bob", "three", NOTHING))
                    .isInstanceOfSatisfying(
                            StartRefused.class,
                            refused -> assertThat(refused.answer().refusedBy()).contains(StartCheck.SERVICES_AT_ONCE))
                    .hasMessage("Concurrent service limit reached (2/2)");
        }
        assertThat(policy.services("bob")).isEqualTo(1);
        first.close();
        first.close();
        policy.end("bob", "one");
        assertThat(policy.services("bob")).isZero();
    }

    @Test
    void sameServiceTwice_isTwoStartsAndOneService_andTheLastHandleCounts() {
        StartedService first = policy.start("bob", "one", NOTHING);
        policy.start("bob", "two", NOTHING);
        StartedService again = policy.start("bob", "one", NOTHING);
        assertThat(policy.services("bob")).isEqualTo(2);
        assertThat(policy.startedInTheLastHour("bob")).isEqualTo(3);
        first.close();
        assertThat(policy.services("bob")).as("the older handle ends nothing").isEqualTo(2);
        again.close();
        assertThat(policy.services("bob")).isEqualTo(1);
    }

    @Test
    void fiveStartsInAMinute_areAdmittedAndTheFifthAndEachFurtherIsRecorded() {
        policy.setProfile("bob", UserProfile.pro());
        for (int i = 1; i <= 7; i++) {
            StartAnswer answer = policy.tryStart("bob", "service-" + i % 3, NOTHING);
            assertThat(answer.isAllowed()).isTrue();
            assertThat(answer.reason()).isEmpty();
            assertThat(answer.anomaly().map(Anomaly::type).isPresent())
                    .as("start " + i)
                    .isEqualTo(i >= 5);
            clock.advance(Duration.ofSeconds(5));
        }
        Anomaly last = policy.anomalies().recent().get(0);
        assertThat(last.type()).isEqualTo(AnomalyType.RAPID_RESTART);
        assertThat(last.details()).isEqualTo("7 starts within 60 s");
        assertThat(policy.anomalies().recent()).hasSize(3);
        clock.advance(Duration.ofSeconds(44));
        assertThat(policy.tryStart("bob", "x", NOTHING).anomaly()).isEmpty();
    }

    /** Four starts and one that is refused are no five starts. */
    @Test
    void refusedStart_isNoRestart() {
        policy.setProfile("bob", UserProfile.pro().withConcurrentServices(4));
        for (int i = 0; i < 4; i++) {
            policy.start("bob", "service-" + i, NOTHING);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(policy.tryStart("bob", "more", NOTHING).isAllowed()).isFalse();
        }
        policy.end("bob", "service-0");
        policy.setProfile("bob", UserProfile.pro());
        assertThat(policy.tryStart("bob", "fifth", NOTHING).anomaly().map(Anomaly::type))
                .contains(AnomalyType.RAPID_RESTART);
        assertThat(policy.anomalies().byType(AnomalyType.RAPID_RESTART)).hasSize(1);
    }

    @Test
    void callerWithThousandsOfStarts_isStillAdmitted() {
        useFile("{admission: {start-rate: 1000000/s}, tiers: {free: {priority: 0, rates: {requests: 20/min,"
                + " service-starts: unlimited}, concurrent: {services: 2}}}}");
        for (int i = 0; i < 10_000; i++) {
            assertThat(policy.tryStart("bob", "one", NOTHING).isAllowed()).isTrue();
        }
        for (int i = 0; i < 3; i++) {
            StartAnswer answer = policy.tryStart("bob", "one", NOTHING);
            assertThat(answer.isAllowed()).as("past what the log holds").isTrue();
            assertThat(answer.anomaly().map(Anomaly::type)).contains(AnomalyType.RAPID_RESTART);
        }
        assertThat(policy.startedInTheLastHour("bob")).isEqualTo(10_000);
        policy.start("bob", "two", NOTHING);
        assertThat(policy.tryStart("bob", "three", NOTHING).reason())
                .isEqualTo("Concurrent service limit reached (2/2)");
    }

    /** The lowest priority is refused, the others are delayed: the more, the further the load is above the threshold. */
    @ParameterizedTest
    @CsvSource({
        "80.1, 0, 0.6",
        "84.4, 0, 1.5",
        "90, 0, 2.8",
        "100, 0, 5.0",
        "0, 85.1, 0.6",
        "0, 100, 5.0",
        "100, 90, 5.0"
    })
    void overload_refusesTheLowestPriorityAndDelaysTheOthers(double cpu, double memory, String seconds) {
        policy.setProfile("pro", UserProfile.pro());
        policy.setProfile("basic", UserProfile.basic());
        load.show(cpu, memory);
        assertThat(policy.isOverloaded()).isTrue();
        StartAnswer free = policy.tryStart("bob", "s", NOTHING);
        assertThat(free.reason()).isEqualTo("Server overloaded. Retry in " + seconds + "s");
        assertThat(policy.services("bob")).isZero();
        for (String user : new String[] {"basic", "pro"}) {
            StartAnswer delayed = policy.tryStart(user, "s", NOTHING);
            assertThat(delayed.isAllowed()).isTrue();
            assertThat(delayed.reason()).isEqualTo("Server under load, delayed by " + seconds + "s");
            assertThat(delayed.delay().toMillis()).isEqualTo((long) (Double.parseDouble(seconds) * 1000));
            assertThat(delayed.anomaly().map(Anomaly::type)).contains(AnomalyType.SERVER_OVERLOADED);
        }
        load.show(10, 10);
        assertThat(policy.tryStart("bob", "s", NOTHING).reason()).isEmpty();
    }

    @Test
    void unknownLoad_isNoOverload() {
        load.show(Double.NaN, -1);
        assertThat(policy.isOverloaded()).isFalse();
        assertThat(policy.tryStart("bob", "s", NOTHING).isAllowed()).isTrue();
    }

    @Test
    void block_doesNotEndWhatRuns_andEnds() {
        policy.start("bob", "one", NOTHING);
        policy.block("bob", "Repeated abuse", Duration.ofMinutes(10));
        assertThat(policy.services("bob")).isEqualTo(1);
        assertThat(policy.tryStart("bob", "two", NOTHING).reason()).isEqualTo("User blocked: Repeated abuse");
        clock.advance(Duration.ofMinutes(10));
        assertThat(policy.tryStart("bob", "two", NOTHING).isAllowed()).isTrue();
        policy.block("bob", "again");
        clock.advance(Duration.ofDays(1000));
        assertThat(policy.check("bob", "three", NOTHING).refusedBy()).contains(StartCheck.BLOCK);
        assertThat(policy.unblock("bob")).isTrue();
        assertThat(policy.unblock("bob")).isFalse();
    }

    @Test
    void blockOfTheTenant_andOfTheProfile_count() {
        useFile("profiles: {users: {mallory: {tier: free, blocked: Repeated abuse}}}");
        assertThat(policy.check("acme/mallory", "s", NOTHING).reason()).isEqualTo("User blocked: Repeated abuse");
        policy.profiles().block(Identity.of("acme", null), "unpaid");
        assertThat(policy.check("acme/bob", "s", NOTHING).reason()).isEqualTo("User blocked: unpaid");
        assertThat(policy.check("bob", "s", NOTHING).isAllowed()).isTrue();
    }

    @Test
    void userOfATenant_isAnotherThanTheUser_andHasTheTenantsNumbers() {
        useFile("profiles: {tenants: {acme: {tier: basic}}}");
        for (int i = 0; i < 5; i++) {
            policy.start("acme/bob", "service-" + i, NOTHING);
        }
        assertThat(policy.tryStart("acme/bob", "x", NOTHING).reason()).contains("(5/5)");
        assertThat(policy.services("bob")).isZero();
        assertThat(policy.services("acme/eve")).isZero();
        policy.start("acme/eve", "service-0", NOTHING);
        policy.end("acme/eve", "service-0");
        assertThat(policy.services("acme/bob"))
                .as("the same id of another user")
                .isEqualTo(5);
    }

    @Test
    void tenantAlone_andAddressAlone() {
        policy.start(Identity.of("acme", null), "s", NOTHING);
        Identity anonymous = Identity.of(null, null, "192.0.2.7");
        assertThat(policy.check(anonymous, "s", NOTHING).reason()).isEqualTo("Concurrent service limit reached (0/0)");
        assertThatThrownBy(() -> policy.check(Identity.unknown(), "s", NOTHING))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** What a tier lacks is none; without a list of ports every port is allowed. */
    @Test
    void numberThatATierLacks_isNone() {
        useFile("tiers: {free: {rates: {requests: 20/min}, concurrent: {services: 1}}}");
        assertThat(policy.check("bob", "s", NOTHING).reason()).isEqualTo("Hourly service limit reached (0/0)");
        useFile("tiers: {free: {rates: {requests: 20/min, service-starts: 5/hour rolling}}}");
        assertThat(policy.check("bob", "s", NOTHING).reason()).isEqualTo("Concurrent service limit reached (0/0)");
        useFile("tiers: {free: {rates: {requests: 20/min, service-starts: unlimited}, concurrent: {services: 1}}}");
        assertThat(policy.check("bob", "s", NOTHING.withPort(22)).isAllowed()).isTrue();
        assertThat(policy.check("bob", "s", NOTHING.withMemoryMb(1)).reason())
                .isEqualTo("Memory limit exceeded (1 MB asked, 0 MB granted)");
        assertThat(policy.check("bob", "s", NOTHING.withCpuPercent(1)).reason())
                .isEqualTo("CPU limit exceeded (1 % asked, 0 % granted)");
    }

    @Test
    void hourlyNumberOfSeveralRates_namesTheOneThatTakesLongest() {
        useFile("tiers: {free: {rates: {requests: 20/min, service-starts: [2/hour rolling, 3/day rolling]},"
                + " concurrent: {services: 9}}}");
        policy.start("bob", "a", NOTHING);
        policy.start("bob", "b", NOTHING);
        assertThat(policy.check("bob", "c", NOTHING).reason())
                .isEqualTo("Hourly service limit reached (2/2). Retry in 60 min");
        clock.advance(Duration.ofMinutes(90));
        policy.start("bob", "c", NOTHING);
        assertThat(policy.check("bob", "d", NOTHING).reason())
                .isEqualTo("Hourly service limit reached (3/3). Retry in 1350 min");
    }

    @Test
    void startRate_hasABurstOfTen_andIsNotTheFilters() {
        policy.setProfile("bob", UserProfile.enterprise().withRequestsPerMinute(1));
        for (int i = 0; i < 10; i++) {
            policy.start("bob", "service-" + i, NOTHING);
        }
        StartAnswer answer = policy.tryStart("bob", "x", NOTHING);
        assertThat(answer.reason()).isEqualTo("Rate limit exceeded. Retry in 1.0s");
        clock.advance(answer.delay().minusNanos(1));
        assertThat(policy.check("bob", "x", NOTHING).reason()).isEqualTo("Rate limit exceeded. Retry in 0.1s");
        clock.advance(Duration.ofNanos(1));
        assertThat(policy.check("bob", "x", NOTHING).isAllowed()).isTrue();
    }

    @Test
    void loweredNumber_countsForWhatRuns() {
        policy.setProfile("bob", UserProfile.pro());
        for (int i = 0; i < 4; i++) {
            policy.start("bob", "service-" + i, NOTHING);
        }
        policy.setProfile("bob", UserProfile.pro().withConcurrentServices(2));
        assertThat(policy.services("bob")).isEqualTo(4);
        assertThat(policy.tryStart("bob", "x", NOTHING).reason()).startsWith("Concurrent service limit reached (");
        policy.end("bob", "service-0");
        policy.end("bob", "service-1");
        policy.end("bob", "service-2");
        assertThat(policy.tryStart("bob", "x", NOTHING).isAllowed()).isTrue();
    }

    @Test
    void asynchronousCalls_runOnTheExecutor() {
        Queue<Runnable> work = new ArrayDeque<>();
        use(builder().executor(work::add));
        Identity bob = Identity.of(null, "bob");
        CompletableFuture<StartAnswer> check =
                policy.checkAsync(bob, "one", NOTHING).toCompletableFuture();
        CompletableFuture<StartAnswer> tried =
                policy.tryStartAsync(bob, "one", NOTHING).toCompletableFuture();
        CompletableFuture<StartedService> started =
                policy.startAsync(bob, "two", NOTHING).toCompletableFuture();
        CompletableFuture<StartedService> refused =
                policy.startAsync(bob, "three", NOTHING).toCompletableFuture();
        assertThat(check).isNotDone();
        assertThat(policy.services("bob")).isZero();
        while (!work.isEmpty()) {
            work.remove().run();
        }
        assertThat(check.join().isAllowed()).isTrue();
        assertThat(tried.join().isAllowed()).isTrue();
        assertThat(refused).isCompletedExceptionally();
        assertThatThrownBy(refused::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(StartRefused.class);
        started.join().close();
        assertThat(policy.services("bob")).isEqualTo(1);
    }

    @Test
    void executorThatTakesNoWork_isAnAnswer() {
        use(builder().executor(work -> {
            throw new RejectedExecutionException("full");
        }));
        assertThatThrownBy(() -> policy.checkAsync(Identity.of(null, "bob"), "s", NOTHING)
                        .toCompletableFuture()
                        .join())
                .hasCauseInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void asynchronousCall_withoutAnExecutorOfTheApplications() {
        assertThat(policy.tryStartAsync(Identity.of(null, "bob"), "s", NOTHING)
                        .toCompletableFuture()
                        .join()
                        .isAllowed())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "/", "a/", "/b", " /b", "a/ "})
    void badNames_areRefused(String user) {
        assertThatThrownBy(() -> policy.check(user, "s", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tenant/user");
    }

    @Test
    void otherBadArguments_areRefused() {
        assertThatThrownBy(() -> policy.tryStart("bob", " ", NOTHING))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("service");
        assertThatThrownBy(() -> NOTHING.withPort(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NOTHING.withPort(65_536)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NOTHING.withMemoryMb(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> NOTHING.withCpuPercent(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> policy.profileOfTier("gold")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UserProfile.pro().withConcurrentServices(0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().cpuThreshold(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> builder().startRate(Quota.perMinute(1)).startRate(Quota.perMinute(2)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void longAndOddIds_areServicesOfTheirOwn() {
        policy.setProfile("bob", UserProfile.pro());
        String longId = "x".repeat(1 << 20);
        policy.start("bob", longId, NOTHING);
        policy.start("bob", longId + "y", NOTHING);
        policy.start("bob", "a\u2028\n\"", NOTHING);
        assertThat(policy.services("bob")).isEqualTo(3);
        policy.end("bob", longId);
        assertThat(policy.services("bob")).isEqualTo(2);
    }

    @Test
    void rulesOfOthers_cannotHaveTheNamesOfAdmission() {
        assertThatThrownBy(() -> Configuration.parse(
                        "weir.yaml", "rules: [{name: admission.services, per: user, concurrent: 5}]"))
                .hasMessageContaining("admission.services")
                .hasMessageContaining("choose another");
    }

    @Test
    void policyOfTheProcess_canBeReplaced() {
        SecurityPolicy first = SecurityPolicy.standard();
        assertThat(SecurityPolicy.standard()).isSameAs(first);
        try {
            assertThat(SecurityPolicy.replaceStandard(policy)).contains(first);
            assertThat(SecurityPolicy.standard()).isSameAs(policy);
        } finally {
            SecurityPolicy.replaceStandard(first);
        }
    }

    @Test
    void tierOfAConfiguration_isKnownByItsName() {
        useFile("tiers: {gold: {priority: 7, rates: {requests: 1000/min, service-starts: 9/hour rolling}, concurrent:"
                + " {services: 9}, grants: {memory-mb: 99}}, free: {rates: {requests: 1/min}}}");
        UserProfile gold = policy.profileOfTier("gold");
        assertThat(gold.priority()).isEqualTo(7);
        assertThat(gold.memoryMb()).isEqualTo(99);
        assertThat(gold.cpuPercent()).isZero();
        assertThat(policy.profileOfTier("FREE").concurrentServices())
                .as("redefined")
                .isZero();
        policy.setProfile("bob", gold.withConcurrentServices(1));
        policy.start("bob", "s", NOTHING);
        assertThat(policy.check("bob", "t", NOTHING).reason()).contains("(1/1)");
    }
}
