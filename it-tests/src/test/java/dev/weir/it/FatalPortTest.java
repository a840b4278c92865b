// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.identity.Identity;
import dev.weir.memory.MemoryStore;
import dev.weir.plan.Profile;
import dev.weir.plan.ProfileSource;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.RateLimitStore;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The JVM or the thread is at its end: that is passed on, and nothing stays held because of it. */
class FatalPortTest {

    private static final String RULES = """
            rules:
              - {name: api, path: /**, per: ip, rate: 1000/hour, concurrent: 1}
              - {name: everyone, path: /**, per: everyone, rate: 1000/hour, concurrent: 1}
              - {name: counted, path: /**, per: ip, rate: 1000/hour, count: [200]}
            """;
    private static final FakeRequest REQUEST = FakeRequest.get("/").user("ann");

    /** What no limiter may swallow. */
    enum End {
        OUT_OF_MEMORY,
        INTERNAL,
        UNKNOWN,
        THREAD_DEATH;

        Error error() {
            return switch (this) {
                case OUT_OF_MEMORY -> new OutOfMemoryError("wanted by a test");
                case INTERNAL -> new InternalError("wanted by a test");
                case UNKNOWN -> new UnknownError("wanted by a test");
                case THREAD_DEATH -> threadDeath();
            };
        }
    }

    /** The place where it comes up, once. */
    enum Place {
        RESOLVER,
        COST,
        LISTENER,
        PROFILE_SOURCE,
        BEFORE_CHARGE,
        AFTER_CHARGE,
        SETTLEMENT,
        RELEASE
    }

    /** By name, because later JDKs are to have it no more. */
    private static Error threadDeath() {
        try {
            return Class.forName("java.lang.ThreadDeath")
                    .asSubclass(Error.class)
                    .getConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            return new InternalError("there is no ThreadDeath any more");
        }
    }

    /** Ends it all when a place is reached for the first time. */
    private static final class Trap {
        private final Place place;
        private Error error;

        Trap(Place place, End end) {
            this.place = place;
            this.error = end.error();
        }

        void at(Place reached) {
            if (reached == place && error != null) {
                Error once = error;
                error = null;
                throw once;
            }
        }
    }

    private record TrappedLease(Lease lease, Trap trap) implements Lease {
        @Override
        public ItemKey key() {
            return lease.key();
        }

        @Override
        public void release() {
            lease.release();
            trap.at(Place.RELEASE);
        }
    }

    private static RateLimitStore trapped(RateLimitStore store, Trap trap) {
        return FaultyStore.of(charge -> {
            trap.at(charge.size() == 1 ? Place.SETTLEMENT : Place.BEFORE_CHARGE);
            store.charge(charge, 0);
            charge.items().stream()
                    .filter(item -> item.lease() != null)
                    .forEach(item -> item.lease(new TrappedLease(item.lease(), trap)));
            trap.at(Place.AFTER_CHARGE);
        });
    }

    private static RateLimiter limiter(RateLimitStore store, Trap trap) {
        RateLimiterBuilder builder = Limiters.builder(RULES)
                .store(trapped(store, trap))
                .resolver(request -> {
                    trap.at(Place.RESOLVER);
                    return Identity.of(null, "ann");
                })
                .requestCost((request, rule, cost) -> {
                    trap.at(Place.COST);
                    return cost;
                })
                .listener(event -> trap.at(Place.LISTENER))
                .executor(Runnable::run)
                .profileSource(new ProfileSource() {
                    @Override
                    public Optional<Profile> ofUser(Optional<String> tenant, String user) {
                        trap.at(Place.PROFILE_SOURCE);
                        return Optional.empty();
                    }
                });
        return builder.build();
    }

    static Stream<Arguments> ends() {
        return Arrays.stream(Place.values())
                .flatMap(place -> Arrays.stream(End.values()).map(end -> Arguments.of(place, end)));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void end_isPassedOn_andLeavesEveryPlaceFree(Place place, End end) {
        Trap trap = new Trap(place, end);
        Error expected = trap.error;
        try (MemoryStore store = new MemoryStore(1000, new ManualClock());
                RateLimiter limiter = limiter(store, trap)) {
            Throwable thrown = catchThrowable(() -> {
                Decision decision = limiter.decide(REQUEST);
                limiter.complete(decision, 200);
            });
            assertThat(thrown).isSameAs(expected);
            assertThat(limiter.inFlight()).isZero();
            for (int i = 0; i < 3; i++) {
                Decision next = limiter.decide(REQUEST);
                assertThat(next.isAdmitted() && !next.isDegraded())
                        .as("request %d after it", i)
                        .isTrue();
                limiter.complete(next, 200);
            }
        }
    }
}
