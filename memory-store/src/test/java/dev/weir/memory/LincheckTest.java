// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * All interleavings of few operations, as far as there is time for them: each must have a result that a plain sequence of the
 * same operations could have. The clock is moved by an operation like any other.
 *
 * <p>Random operations look for what nobody has thought of. Races are where a lock or a second look is needed: each fails
 * when that is left away.
 */
@Tag("heavy")
class LincheckTest {

    private static final int ITERATIONS = Integer.getInteger("weir.lincheck.iterations", 5);
    private static final int INVOCATIONS = 200;

    /** Nothing is done before and after, because what is taken there cannot be fought for. */
    private static void check(Class<?> operations, Class<?> sequence, int threads) {
        Interleavings.options()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(threads)
                .actorsPerThread(threads == 2 ? 3 : 2)
                .actorsBefore(0)
                .actorsAfter(0)
                .sequentialSpecification(sequence)
                .check(operations);
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

    @Test
    void twoChargesOfOneKey_shareItsTokens() {
        Race.after("take 0 1").thread("take 0 2").thread("take 0 2").check();
    }

    @Test
    void twoChargesOfTwoKeys_shareTheirTokens() {
        Race.after("take 0 1").thread("takeBoth 0 2").thread("takeBoth 1 2").check();
    }

    /** What is in neither the old second nor the new one: no moment has both. */
    @Test
    void charge_seesOneMoment() {
        Race.after("roll 0").thread("roll 0").thread("advance 1", "roll 0").check();
    }

    @Test
    void chargeOfTwoKeys_seesOneMoment() {
        Race.after("roll 0").thread("rollBoth 0").thread("advance 1", "roll 0").check();
    }

    @Test
    void refill_isBeforeOrAfterACharge() {
        Race.after("take 0 2").thread("take 0 2").thread("refill 0").check();
    }

    @Test
    void removal_ofAKeyTwiceFreesOnePlace() {
        Race.after("take 0 1")
                .thread("remove 0")
                .thread("remove 0")
                .then("keys")
                .check();
    }

    /** The second thread's first charge drops the entry, which is whole and idle. */
    @Test
    void entryThatIsDropped_losesNoCharge() {
        Race.after("take 0 1", "advance 40")
                .thread("take 0 3")
                .thread("take 1 1", "take 0 3")
                .check();
    }

    @Test
    void overflowEntryThatIsDropped_losesNoCharge() {
        Race.after("fill", "take 0 1", "advance 40")
                .thread("take 0 3")
                .thread("take 1 1", "take 0 3")
                .check();
    }

    @Test
    void twoSweeps_haveOneHand() {
        Race.after("fill").thread("take 0 1").thread("take 1 1").check();
    }

    @Test
    void entryOfItsOwn_isChargedFromItsLevelOn() {
        Race.after("fill", "take 0 1", "makeRoom")
                .thread("take 0 1")
                .thread("take 0 1")
                .check();
    }

    @Test
    void entryOfItsOwn_isWhereTheKeyIsChargedFromThenOn() {
        Race.after("fill", "take 0 1")
                .thread("take 0 2")
                .thread("makeRoom", "take 0 2")
                .check();
    }

    @Test
    void lease_isReleasedOnce() {
        Race.after("hold 0", "hold 1")
                .thread("release 0")
                .thread("release 0")
                .then("free")
                .check();
    }

    @Test
    void leases_areFoundWhileOthersLeave() {
        Race.after("hold 0", "hold 1")
                .thread("release 0")
                .thread("release 1")
                .then("free")
                .check();
    }

    @Test
    void leasesInAnOverflowEntry_areFoundWhileOthersLeave() {
        Race.after("fill", "hold 0", "hold 1")
                .thread("release 0")
                .thread("release 1")
                .then("free")
                .check();
    }

    @Test
    void leasesInAnOverflowEntry_areReleasedOnceOrRemoved() {
        Race.after("fill", "hold 0")
                .thread("release 0")
                .thread("releaseAll")
                .then("free")
                .check();
    }

    @Test
    void leaseThatMoves_isReleasedWhereItIs() {
        Race.after("fill", "hold 0", "makeRoom")
                .thread("release 0")
                .thread("hold 1")
                .then("free")
                .check();
    }
}
