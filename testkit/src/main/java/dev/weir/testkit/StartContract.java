// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.SecurityPolicy;
import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartCheck;
import dev.weir.admission.UserProfile;
import dev.weir.plan.Quota;
import dev.weir.store.Rate;
import dev.weir.store.RateLimitStore;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What a store promises to those who start services: their number at once and in any hour is exact, whoever asks at the same
 * moment.
 *
 * @since 0.1
 */
public interface StartContract extends StoreFixture {

    /** Of a hundred threads that start services for one user who may have ten, ten do. */
    @Test
    default void start_runsExactlyAsManyAsMayRunAtOnce() {
        ManualClock clock = new ManualClock();
        try (RateLimitStore store = newStore(clock, 1_000);
                SecurityPolicy policy = Starts.policy(store, clock)) {
            policy.setProfile(
                    "fred", UserProfile.pro().withConcurrentServices(10).withServicesPerHour(1_000));
            for (int round = 0; round < 3; round++) {
                AtomicInteger started = new AtomicInteger();
                AtomicInteger refused = new AtomicInteger();
                Threads.run(100, Rig.patience, number -> {
                    StartAnswer answer = policy.tryStart("fred", "service-" + number, Ask.nothing());
                    (answer.isAllowed() ? started : refused).incrementAndGet();
                    if (!answer.isAllowed()) {
                        assertEquals("Concurrent service limit reached (10/10)", answer.reason());
                    }
                });
                assertEquals(10, started.get(), "started");
                assertEquals(90, refused.get(), "refused");
                assertEquals(10, policy.services("fred"), "running");
                assertEquals(10L * (round + 1), policy.startedInTheLastHour("fred"), "started in the hour");
                Threads.run(100, Rig.patience, number -> policy.end("fred", "service-" + number));
                assertEquals(0, policy.services("fred"), "running after the end");
            }
        }
    }

    /** In no sixty minutes are there more starts than the hourly number, and none is refused without a reason. */
    @Test
    default void start_isWithinTheHourlyNumberInAnyHour() {
        ManualClock clock = new ManualClock();
        SplittableRandom random = new SplittableRandom(Seeds.next("hourly"));
        Starts.Hours hours = new Starts.Hours(clock);
        try (RateLimitStore store = newStore(clock, 1_000);
                SecurityPolicy policy = Starts.policy(store, clock)) {
            policy.setProfile("fred", UserProfile.free().withConcurrentServices(100));
            for (int step = 0; step < 300; step++) {
                clock.advance(Duration.ofMillis(random.nextInt(1, 600_000)));
                if (step % 4 == 0) {
                    Threads.run(4, Rig.patience, number -> hours.note(start(policy, "crowd-" + number)));
                } else {
                    hours.note(start(policy, "one"));
                }
            }
            hours.check(5);
        }
    }

    private static StartAnswer start(SecurityPolicy policy, String service) {
        StartAnswer answer = policy.tryStart("fred", service, Ask.nothing());
        if (answer.isAllowed()) {
            policy.end("fred", service);
        } else {
            assertEquals(StartCheck.HOURLY_STARTS, answer.refusedBy().orElseThrow());
        }
        return answer;
    }

    /** The next start is admitted as soon as the oldest falls out of the hour, as the answer says, and not before. */
    @Test
    default void start_isAdmittedAsSoonAsTheOldestFallsOut() {
        ManualClock clock = new ManualClock();
        Duration step = clockResolution();
        try (RateLimitStore store = newStore(clock, 1_000);
                SecurityPolicy policy = Starts.policy(store, clock)) {
            for (int i = 0; i < 5; i++) {
                assertTrue(start(policy, "s").isAllowed());
                clock.advance(Duration.ofMinutes(7));
            }
            for (int i = 0; i < 3; i++) {
                StartAnswer refused = start(policy, "s");
                Duration wait = refused.delay();
                assertEquals(
                        "Hourly service limit reached (5/5). Retry in " + (i == 0 ? 25 : 7) + " min", refused.reason());
                clock.advance(wait.minus(step));
                assertFalse(start(policy, "s").isAllowed(), "a step early");
                clock.advance(step);
                assertTrue(start(policy, "s").isAllowed(), "at the time that was told");
            }
        }
    }

    /** What they have in common. */
    final class Starts {

        private Starts() {}

        /** No rate of starts stands in the way; a user has free unless told otherwise. */
        static SecurityPolicy policy(RateLimitStore store, ManualClock clock) {
            return SecurityPolicy.builder()
                    .store(store)
                    .time(clock)
                    .startRate(Quota.perSecond(100_000))
                    .cpuThreshold(100)
                    .memoryThreshold(100)
                    .build();
        }

        /** What was started and refused, in milliseconds of a clock. Thread-safe. */
        static final class Hours {

            private static final long HOUR_MILLIS = Duration.ofHours(1).toMillis();

            private final ManualClock clock;
            private final long origin;
            private final Spans taken = new Spans();
            private final Spans refused = new Spans();

            Hours(ManualClock clock) {
                this.clock = clock;
                this.origin = clock.nanoTime();
            }

            synchronized void note(StartAnswer answer) {
                long now = (clock.nanoTime() - origin) / 1_000_000;
                (answer.isAllowed() ? taken : refused).add(now, now, 1);
            }

            void check(long most) {
                assertTrue(refused.size() > taken.size() / 4, "the number has refused too few to show anything");
                new HistoryChecker("the hour").rolling(new Rate(most, HOUR_MILLIS, most), taken, refused);
            }
        }
    }
}
