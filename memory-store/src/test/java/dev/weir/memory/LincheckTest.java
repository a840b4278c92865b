// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import kotlin.jvm.functions.Function1;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All interleavings of few operations, as far as there is time for them: each must have a result that a plain sequence of the
 * same operations could have. The clock is moved by an operation like any other.
 */
@Tag("heavy")
class LincheckTest {

    private static final int ITERATIONS = Integer.getInteger("weir.lincheck.iterations", 20);
    private static final int INVOCATIONS = 200;

    /* Nothing is done before and after, because what is taken there cannot be fought for. The table and its iterators, the clock
     * and the states of Bucket4j are taken as they are: threads take turns between their methods, not within. A charge is
     * nobody else's. */
    private static void check(Class<?> operations, Class<?> sequence, int threads) {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(threads)
                .actorsPerThread(threads == 2 ? 3 : 2)
                .actorsBefore(0)
                .actorsAfter(0)
                .addGuarantee(of(LincheckTest::isWhole).allMethods().treatAsAtomic())
                .addGuarantee(of(LincheckTest::isLocal).allMethods().ignore())
                .minimizeFailedScenario(false)
                .sequentialSpecification(sequence)
                .check(operations);
    }

    private static ManagedStrategyGuarantee.MethodBuilder of(Function1<String, Boolean> classes) {
        return ManagedStrategyGuaranteeKt.forClasses(classes);
    }

    private static boolean isWhole(String name) {
        return name.startsWith("java.util.concurrent.ConcurrentHashMap")
                || name.equals("java.util.Iterator")
                || name.equals("dev.weir.testkit.ManualClock")
                || name.startsWith("io.github.bucket4j.");
    }

    private static boolean isLocal(String name) {
        return name.startsWith("dev.weir.store.") || name.startsWith("dev.weir.key.");
    }

    @Test
    void countsOfTwoKeys_areLinearizable() {
        check(CountOperations.class, CountSequence.class, 2);
    }

    @Test
    void countsOfTwoKeys_areLinearizableInThreeThreads() {
        check(CountOperations.class, CountSequence.class, 3);
    }

    @Test
    void countsThatMoveFromOverflowEntries_areLinearizable() {
        check(OverflowOperations.class, CountSequence.class, 2);
    }

    @Test
    void changesOfLimits_areLinearizable() {
        check(ChangeOperations.class, ChangeSequence.class, 2);
    }

    @Test
    void leases_areLinearizable() {
        check(LeaseOperations.class, LeaseSequence.class, 2);
    }

    @Test
    void leasesThatMoveFromOverflowEntries_areLinearizable() {
        check(OverflowLeaseOperations.class, LeaseSequence.class, 2);
    }
}
