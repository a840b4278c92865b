// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import java.util.List;

/** One thing that a store can do wrong, and the tests of the contract that must see it. */
enum Fault {
    NOT_ATOMIC("threads_getExactlyTheCapacity", "threads_neverHoldMoreLeasesThanThereAre", "history_isWithinAllLimits"),
    ITEM_BY_ITEM(
            "charge_takesAllOrNothing",
            "threads_takeAllOrNothing",
            "lease_isNotTakenByARefusedCharge",
            "history_isWithinAllLimits"),
    LOCKS_IN_ORDER_OF_ITEMS("threads_withItemsInOppositeOrderDoNotDeadlock"),
    LOOK_TAKES("look_decidesAndTakesNothing", "lease_isNotTakenByALook"),
    GLANCE_TAKES("glance_takesNothingAndNeverRefuses"),
    REFUSAL_TAKES("charge_takesAllOrNothing", "history_isWithinAllLimits"),
    WATCH_REFUSES("watch_neverRefuses", "glance_takesNothingAndNeverRefuses"),
    WATCH_FALLS_WITH_THE_CHARGE("watch_isTakenWhateverBecomesOfTheOthers"),
    SETTLE_REFUSED("settle_neverRefuses", "bucket_isSettledDownToMinusItsCapacity"),
    SETTLE_WITHOUT_FLOOR("bucket_isSettledDownToMinusItsCapacity", "rolling_isSettledUpToTwiceItsAmount"),
    SETTLE_STOPS_AT_ZERO("bucket_isSettledDownToMinusItsCapacity", "rolling_isSettledUpToTwiceItsAmount"),
    SETTLE_HAS_A_FLOOR_FOR_EACH_RATE("bucket_ofSeveralRatesIsSettledToTheFirstFloor"),
    IMPOSSIBLE_IS_REFUSED("bucket_callsACostAboveACapacityImpossible", "rolling_callsACostAboveTheAmountImpossible"),
    IMPOSSIBLE_IS_ADMITTED("bucket_callsACostAboveACapacityImpossible", "charge_isImpossibleWhereOneItemIs"),
    WAIT_ROUNDED_DOWN("bucket_statesTheWaitExactly"),
    WAIT_ROUNDED_UP("bucket_statesTheWaitExactly", "rolling_admitsTheSixthOnePeriodAfterTheFirst"),
    RESET_IS_THE_WAIT("bucket_statesTheResetExactly", "rolling_statesTheResetExactly"),
    FIRST_RATE_SPEAKS_FOR_ALL("bucket_holdsSeveralRatesAtOnce", "rolling_holdsSeveralRatesAtOnce"),
    STATES_MORE_THAN_IS_LEFT("bucket_givesABurstWhatItStatedAsLeft"),
    ONLY_FIRST_RATE_HOLDS("bucket_holdsSeveralRatesAtOnce", "rolling_holdsSeveralRatesAtOnce"),
    REFILLS_ABOVE_THE_CAPACITY("bucket_refillsWhileIdleUpToItsCapacity", "bucket_isWholeAfterAHundredYears"),
    REFILLS_WHOLE_TOKENS_ONLY("bucket_refillsWhileIdleUpToItsCapacity"),
    ROLLING_IS_A_BUCKET(
            "rolling_admitsTheSixthOnePeriodAfterTheFirst",
            "rolling_admitsNoMoreInAnyPeriod",
            "history_isWithinAllLimits"),
    ROLLING_COUNTS_CHARGES("rolling_countsACostAsThatManyEntries", "history_isWithinAllLimits"),
    JOINS_THE_TEXT_OF_KEYS("keys_thatDifferInAnyPartShareNothing"),
    FORGETS_THE_SCOPE("keys_thatDifferInAnyPartShareNothing"),
    FORGETS_THE_KIND("keys_ofDifferentKindsShareNothing", "newerLimit_ofAnotherKindIsAnotherItem"),
    LEASE_RELEASED_TWICE_FREES_TWO("lease_isReleasedOnce"),
    NAMED_LEASE_COUNTS_TWICE("lease_ofOneIdCountsOnce"),
    RELEASE_BY_ID_DOES_NOTHING("lease_isReleasedByItsIdByAnybody"),
    RELEASE_OF_AN_UNKNOWN_ID_FREES_ONE("lease_ofAnUnknownIdIsReleasedToNoEffect"),
    USES_THE_WALL_CLOCK("bucket_ignoresTheWallClock", "rolling_ignoresTheWallClock"),
    IGNORES_NEW_LIMITS("newerLimit_ofLargerCapacityKeepsWhatWasConsumed", "newerLimit_holdsForTheChargeThatBringsIt"),
    IGNORES_VERSIONS("olderLimit_followsWhatIsStored"),
    FORGETS_WHEN_RECONFIGURED(
            "newerLimit_ofLargerCapacityKeepsWhatWasConsumed",
            "newerLimit_ofARollingQuotaKeepsTheEntries",
            "newerLimit_ofMoreOrFewerRollingRatesCountsWhatIsThere",
            "newerLimit_goesThereAndBackBetweenLargeAndSmall",
            "newerLimit_ofLeasesLeavesTheHeldOnes"),
    FORGIVES_WHEN_RECONFIGURED("newerLimit_keepsWhatIsOwed"),
    ROLLING_FORGETS_LATE("newerLimit_ofALongerRollingPeriodCountsWhatHasNotLeft"),
    REFUSES_THE_LAST_ONE("border_ofEachCostIsExact"),
    ADMITS_ONE_TOO_MANY("border_ofEachCostIsExact", "history_isWithinAllLimits"),
    CALLS_THE_CAPACITY_IMPOSSIBLE("border_ofEachCostIsExact"),
    COUNTS_IN_64_BITS("border_ofTheLargestBucketIsExact", "border_ofTheLargestBurstIsExact"),
    COUNTS_COSTS_IN_32_BITS("border_ofTheLargestBucketIsExact", "border_ofTheLargestBurstIsExact"),
    ROLLING_REMEMBERS_A_THOUSAND("border_ofTheLargestRollingQuotaIsExact"),
    COMPARES_READINGS_BY_SIZE("border_ofTheClockIsCrossed", "border_ofWhatAClockCanCountIsReached"),
    LOSES_A_RELEASE_IN_A_HUNDRED("history_isWithinAllLimits"),
    REFILL_DOES_NOTHING("refill_makesWhole"),
    REFILL_ENDS_LEASES("refill_leavesLeasesAndOthersAlone"),
    REMOVE_DOES_NOTHING("remove_forgetsAnItem"),
    CLOSE_DOES_NOTHING("close_letsChargesFailAsNotSent"),
    THROWS_WHEN_CLOSED("close_letsChargesFailAsNotSent");

    private final String killers;

    Fault(String... killers) {
        this.killers = String.join(" ", killers);
    }

    /** {@return the tests that must fail} */
    List<String> killers() {
        return List.of(killers.split(" "));
    }
}
