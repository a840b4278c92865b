// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.weir.store.RateLimitStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/**
 * The contract of the contract: every broken store fails it, in the tests that are about its fault. The others are not run
 * on it, because nothing is said about them.
 */
class RateLimitStoreContractTest {

    private static final int MOST_TRIES = 5;

    private static volatile Function<ManualClock, RateLimitStore> opener;

    @ParameterizedTest
    @EnumSource
    void brokenStore_fails(Fault fault) {
        DiscoverySelector[] killers = fault.killers().stream()
                .map(name -> selectMethod(Subject.class, name))
                .toArray(DiscoverySelector[]::new);
        Duration patience = Rig.patience;
        try {
            // Whoever waits for ever has begun to within milliseconds.
            Rig.patience = Duration.ofSeconds(2);
            Set<String> failed = new HashSet<>();
            // A race shows itself now and then, and on a busy machine not at the first try.
            for (int i = 0; i < MOST_TRIES && !failed.containsAll(fault.killers()); i++) {
                run(clock -> new BrokenStore(fault, clock), killers).testEvents().failed().stream()
                        .map(RateLimitStoreContractTest::method)
                        .forEach(failed::add);
            }
            assertThat(failed).containsExactlyInAnyOrderElementsOf(fault.killers());
        } finally {
            Rig.patience = patience;
        }
    }

    @Test
    void naiveStore_passesAndSkipsNothing() {
        EngineExecutionResults results = run(NaiveStore::new, selectClass(Subject.class));
        assertThat(results.testEvents().failed().list()).isEmpty();
        assertThat(results.allEvents().skipped().list()).isEmpty();
        assertThat(results.allEvents().aborted().list()).isEmpty();
        assertThat(results.testEvents().succeeded().count()).isGreaterThan(50);
    }

    private static EngineExecutionResults run(
            Function<ManualClock, RateLimitStore> opens, DiscoverySelector... selectors) {
        opener = opens;
        return EngineTestKit.engine("junit-jupiter").selectors(selectors).execute();
    }

    private static String method(Event event) {
        return event.getTestDescriptor()
                .getSource()
                .map(source -> ((MethodSource) source).getMethodName())
                .orElseThrow();
    }

    static class Subject implements RateLimitStoreContract {

        @Override
        public RateLimitStore newStore(ManualClock clock, long maxKeys) {
            return opener.apply(clock);
        }
    }
}
