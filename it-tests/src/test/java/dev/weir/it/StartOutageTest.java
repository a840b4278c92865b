// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.SecurityPolicy;
import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartCheck;
import dev.weir.config.Configuration;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Starts while the shared store does not answer, by each failure policy. */
class StartOutageTest {

    private static final Ask NOTHING = Ask.nothing();

    private final ManualClock clock = new ManualClock();
    private final SharedMemory shared = new SharedMemory(clock);
    private SecurityPolicy policy = SecurityPolicy.builder().build();

    private void use(String onFailure) {
        policy.close();
        policy = SecurityPolicy.builder(Configuration.parse(
                        "weir.yaml",
                        "store: {on-failure: " + onFailure + ", type: redis, redis: {uri: \"redis://127.0.0.1:1\","
                                + " instances: 2}}\nprofiles: {default: pro}"))
                .store(shared)
                .time(clock)
                .build();
    }

    @AfterEach
    void close() {
        policy.close();
        shared.close();
    }

    private StartAnswer start(String service) {
        return policy.tryStart("bob", service, NOTHING);
    }

    @Test
    void closed_startsNothing() {
        use("closed");
        assertThat(start("one").isDegraded()).isFalse();
        shared.dead = true;
        StartAnswer answer = start("two");
        assertThat(answer.isAllowed()).isFalse();
        assertThat(answer.isDegraded()).isTrue();
        assertThat(answer.refusedBy()).contains(StartCheck.STORE);
        assertThat(answer.reason()).isEqualTo("Service limits cannot be checked. Retry in 1.0s");
        assertThat(answer.anomaly()).isEmpty();
        assertThat(policy.services("bob")).as("known here").isEqualTo(1);
        policy.block("bob", "Repeated abuse");
        assertThat(start("three").refusedBy()).as("is known without the store").contains(StartCheck.BLOCK);
    }

    @Test
    void open_startsAnything() {
        use("open");
        shared.dead = true;
        for (int i = 0; i < 100; i++) {
            assertThat(start("service-" + i).isAllowed()).isTrue();
        }
        assertThat(policy.services("bob")).isEqualTo(100);
        assertThat(policy.check("bob", "x", NOTHING.withMemoryMb(4096)).refusedBy())
                .contains(StartCheck.MEMORY);
    }

    /** One of two instances goes on with half of all numbers: 5 at once of 10, 25 in the hour of 50. */
    @Test
    void local_goesOnWithItsShare() {
        shared.instances = 2;
        use("local");
        shared.dead = true;
        for (int i = 0; i < 5; i++) {
            StartAnswer answer = start("service-" + i);
            assertThat(answer.isAllowed()).isTrue();
            assertThat(answer.isDegraded()).isTrue();
        }
        assertThat(start("service-0").refusedBy()).as("5 of 10 starts in a row").contains(StartCheck.START_RATE);
        clock.advance(Duration.ofMinutes(1));
        assertThat(start("service-0").isAllowed())
                .as("a restart needs no place")
                .isTrue();
        assertThat(start("more").reason()).isEqualTo("Concurrent service limit reached (5/5)");
        policy.end("bob", "service-0");
        assertThat(start("more").isAllowed()).isTrue();
        assertThat(policy.services("bob")).isEqualTo(5);
    }

    /** The hourly number cannot be asked for: half of 50 is left of it. Places are counted by the store, as ever. */
    @Test
    void hourlyNumberOutOfReach_goesOnWithItsShare() {
        shared.instances = 2;
        use("local");
        shared.goneRules = Set.of("admission.service-starts");
        for (int i = 0; i < 25; i++) {
            assertThat(start("service-" + i % 9).isDegraded()).isTrue();
            clock.advance(Duration.ofMinutes(1));
        }
        assertThat(shared.undone).hasValue(0);
        StartAnswer answer = start("another");
        assertThat(answer.reason()).startsWith("Hourly service limit reached (25/25). Retry in ");
        assertThat(answer.isDegraded()).isTrue();
        assertThat(shared.undone).hasValue(1);
        assertThat(placesTaken()).as("without that of a start that was refused").isEqualTo(9);
        assertThat(start("service-0").refusedBy()).contains(StartCheck.HOURLY_STARTS);
        assertThat(placesTaken()).as("with that of a service that runs").isEqualTo(9);
    }

    @Test
    void hourlyNumberOutOfReach_closed_takesNoPlace() {
        use("closed");
        start("one");
        shared.goneRules = Set.of("admission.service-starts");
        assertThat(start("two").refusedBy()).contains(StartCheck.STORE);
        assertThat(start("one").refusedBy()).contains(StartCheck.STORE);
        assertThat(policy.check("bob", "two", NOTHING).refusedBy()).contains(StartCheck.STORE);
        assertThat(placesTaken()).isEqualTo(1);
    }

    /** By the store alone, whatever this instance knows to run. */
    private long placesTaken() {
        ChargeItem look = new ChargeItem(
                Action.LOOK, new LeaseLimit(1, 0), "admission.services", null, Key.of(Scope.USER, "bob"), 1);
        shared.charge(Charge.of(look), 1_000_000_000);
        return look.inForce().capacity(0) - look.available(0);
    }

    /** Where the store refuses, it says nothing of what it has not reached; that is not as if it were full. */
    @Test
    void placesOutOfReach_areNotCountedAsTaken() {
        use("local");
        shared.goneRules = Set.of("admission.services");
        for (int i = 0; i < 10; i++) {
            start("one");
        }
        assertThat(policy.check("bob", "one", NOTHING).refusedBy()).contains(StartCheck.START_RATE);
        assertThat(policy.services("bob")).isEqualTo(1);
    }

    /** A start that only the log refuses is charged once more without it. */
    @Test
    void logOutOfReach_countsHere() {
        use("open");
        shared.goneRules = Set.of("admission.log");
        for (int i = 0; i < 6; i++) {
            assertThat(start("one").isAllowed()).isTrue();
        }
        assertThat(policy.startedInTheLastHour("bob")).isZero();
        shared.goneRules = Set.of();
        start("one");
        assertThat(policy.startedInTheLastHour("bob")).isEqualTo(1);
    }

    /** What was started in the outage and ends after it is free in both places. */
    @Test
    void serviceOfAnOutage_endsAfterIt() {
        use("local");
        shared.dead = true;
        start("one");
        shared.dead = false;
        policy.end("bob", "one");
        assertThat(policy.services("bob")).isZero();
    }

    /** A refusal that is remembered must not hide a check that comes before it. */
    @Test
    void firstCheck_namesTheReasonThoughALaterOneIsRemembered() {
        policy.close();
        policy = SecurityPolicy.builder(Configuration.parse(
                        "weir.yaml",
                        "store: {type: redis, redis: {uri: \"redis://127.0.0.1:1\"}}\n"
                                + "tiers: {free: {rates: {requests: 1/min, service-starts: 2/hour rolling}, concurrent:"
                                + " {services: 2}}}"))
                .store(shared)
                .time(clock)
                .build();
        start("one");
        policy.end("bob", "one");
        start("one");
        assertThat(start("two").refusedBy()).contains(StartCheck.HOURLY_STARTS);
        // The place that is left is taken by another instance, which this one does not hear of.
        LeaseLimit places = new LeaseLimit(2, 0);
        Key bob = Key.of(Scope.USER, "bob");
        shared.charge(
                Charge.of(ChargeItem.namedLease(Action.TAKE, places, "admission.services", null, bob, "elsewhere")),
                1_000_000_000);
        assertThat(start("two").reason()).isEqualTo("Concurrent service limit reached (2/2)");
    }
}
