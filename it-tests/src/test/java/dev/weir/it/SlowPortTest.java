// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.identity.Identity;
import dev.weir.memory.MemoryStore;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.store.Charge;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Application code that takes a minute: its own request waits at most, and the others go on. */
class SlowPortTest {

    private static final int OTHERS = 500;
    private static final String SLOW = "slow";
    private static final String RULES = """
            identity: {user: [{attribute: user}]}
            rules:
              - {name: api, path: /**, per: user, rate: 100000/hour, concurrent: 1}
              - {name: everyone, path: /**, per: everyone, rate: 100000/hour, concurrent: 100}
              - {name: tight, path: /tight, per: user, rate: 1/hour}
            """;

    /** Stands still when somebody slow comes, until a test says go. */
    private static final class Gate {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch open = new CountDownLatch(1);

        void pass(String user) {
            if (!user.equals(SLOW)) {
                return;
            }
            reached.countDown();
            try {
                assertThat(open.await(1, TimeUnit.MINUTES)).isTrue();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Where it takes so long, whether the request waits for it, and how many places are taken meanwhile. */
    enum Port {
        RESOLVER(true, 0) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                builder.resolver(request -> {
                    gate.pass(user(request.attribute("user")));
                    return Identity.of(null, user(request.attribute("user")));
                });
            }
        },
        COST(true, 0) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                builder.requestCost((request, rule, cost) -> {
                    gate.pass(user(request.attribute("user")));
                    return cost;
                });
            }
        },
        STORE(true, 0) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                MemoryStore store = new MemoryStore(1000, new ManualClock());
                builder.store(FaultyStore.of(charge -> {
                    gate.pass(userOf(charge));
                    store.charge(charge, 0);
                }));
            }
        },
        LISTENER(true, 1) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                builder.listener(event -> gate.pass(event.identity().user().orElse("")));
            }
        },
        REFUSAL_HANDLER(true, 0) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                builder.refusalHandler((request, decision, standard) -> {
                    gate.pass(user(request.attribute("user")));
                    return standard;
                });
            }
        },
        QUEUED_LISTENER(false, 0) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                builder.queuedListener(
                        event -> gate.pass(event.identity().user().orElse("")), 10);
            }
        },
        PROFILE_SOURCE(false, 0) {
            @Override
            void set(RateLimiterBuilder builder, Gate gate) {
                builder.profileSource(new ProfileSource() {
                    @Override
                    public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                        gate.pass(user);
                        return Optional.empty();
                    }
                });
            }
        };

        private final boolean waits;
        private final long places;

        Port(boolean waits, long places) {
            this.waits = waits;
            this.places = places;
        }

        abstract void set(RateLimiterBuilder builder, Gate gate);

        private static String user(Object attribute) {
            return String.valueOf(attribute);
        }

        private static String userOf(Charge charge) {
            return charge.items().stream().anyMatch(item -> item.per().value().equals(SLOW)) ? SLOW : "";
        }
    }

    private static Decision send(RateLimiter limiter, String user, String path) {
        FakeRequest request = FakeRequest.get(path).attribute("user", user);
        Decision decision = limiter.decide(request);
        if (!decision.isAdmitted()) {
            limiter.refusal(request, decision);
        }
        limiter.complete(decision, 200);
        return decision;
    }

    @ParameterizedTest
    @EnumSource(Port.class)
    void slowPort_holdsUpItsOwnRequestAtMost(Port port) throws InterruptedException {
        Gate gate = new Gate();
        RateLimiterBuilder builder = Limiters.builder(RULES);
        port.set(builder, gate);
        String path = port == Port.REFUSAL_HANDLER ? "/tight" : "/";
        AtomicReference<Decision> answered = new AtomicReference<>();
        try (RateLimiter limiter = builder.build()) {
            if (port == Port.REFUSAL_HANDLER) {
                assertThat(send(limiter, SLOW, path).isAdmitted()).isTrue();
            }
            Thread slow = new Thread(() -> answered.set(send(limiter, SLOW, path)));
            slow.start();
            assertThat(gate.reached.await(20, TimeUnit.SECONDS)).isTrue();
            if (!port.waits) {
                slow.join(20_000);
                assertThat(answered.get()).as("its own request").isNotNull();
            }
            for (int i = 0; i < OTHERS; i++) {
                assertThat(send(limiter, "user-" + i % 7, "/").isAdmitted()).isTrue();
            }
            assertThat(answered.get() != null).isNotEqualTo(port.waits);
            assertThat(limiter.inFlight()).as("places taken by who waits").isEqualTo(port.places);
            gate.open.countDown();
            slow.join(20_000);
            assertThat(slow.isAlive()).isFalse();
            assertThat(answered.get().isAdmitted()).isEqualTo(port != Port.REFUSAL_HANDLER);
            assertThat(limiter.inFlight()).isZero();
            assertThat(send(limiter, SLOW, "/").isAdmitted())
                    .as("its one place is free again")
                    .isTrue();
        } finally {
            gate.open.countDown();
        }
    }
}
