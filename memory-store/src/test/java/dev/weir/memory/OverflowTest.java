// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happens when there are more keys than places. */
class OverflowTest {

    private static final int MAX_KEYS = 10;
    private static final Limit BUCKET = bucket(0, rate(20, 60));
    private static final Limit ROLLING = new RollingLimit(List.of(rate(20, 60)), 0);
    private static final LeaseLimit LEASES = new LeaseLimit(20, 0);

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(MAX_KEYS, clock);

    private static Rate rate(long amount, long seconds) {
        return new Rate(amount, Duration.ofSeconds(seconds).toNanos(), amount);
    }

    private static BucketLimit bucket(long version, Rate... rates) {
        return new BucketLimit(List.of(rates), version);
    }

    private static ChargeItem item(Limit limit, String user, long cost) {
        return new ChargeItem(Action.TAKE, limit, "api", null, Key.of(Scope.USER, user), cost);
    }

    /** One of many keys that would share one overflow entry with this user: his own, inside one tenant or another. */
    private static ChargeItem neighbour(Limit limit, String user, String tenant, long cost) {
        return new ChargeItem(Action.TAKE, limit, "api", Key.of(Scope.TENANT, tenant), Key.of(Scope.USER, user), cost);
    }

    private ChargeItem charge(ChargeItem item) {
        store.charge(Charge.of(item), 0);
        return item;
    }

    private boolean take(Limit limit, String user, long cost) {
        Charge charge = Charge.of(item(limit, user, cost));
        store.charge(charge, 0);
        return charge.outcome() == Outcome.ADMITTED;
    }

    private long burst(Limit limit, String user) {
        long admitted = 0;
        while (take(limit, user, 1)) {
            admitted++;
        }
        return admitted;
    }

    /** Takes all places with entries that are not whole for long. */
    private void fill() {
        for (int i = 0; store.keys() < MAX_KEYS; i++) {
            take(bucket(0, rate(20, 86_400)), "filler" + i, 20);
        }
    }

    /** Lets the fillers become whole, so that the next keys find places. */
    private void makeRoom() {
        for (int i = 0; i < MAX_KEYS; i++) {
            store.remove(item(BUCKET, "filler" + i, 1).plain());
        }
    }

    @Test
    void keys_areNeverMoreThanTheBound() {
        for (int i = 0; i < 10 * MAX_KEYS; i++) {
            take(BUCKET, "user" + i, 1);
            assertThat(store.keys()).isLessThanOrEqualTo(MAX_KEYS);
            clock.advance(Duration.ofMillis(700));
        }
        fill();
        assertThat(store.keys()).isEqualTo(MAX_KEYS);
    }

    @Test
    void keysPastTheBound_shareTheLimitOfOne() {
        fill();
        long admitted = 0;
        for (int i = 0; i < 100_000; i++) {
            admitted += take(BUCKET, "user" + i, 1) ? 1 : 0;
        }
        assertThat(admitted).isEqualTo(64 * 20);
    }

    @Test
    void exhaustedBucket_staysExhaustedThroughAFlood() {
        assertThat(burst(BUCKET, "fred")).isEqualTo(20);
        for (int i = 0; i < 10_000; i++) {
            take(BUCKET, "user" + i, 1);
        }
        assertThat(take(BUCKET, "fred", 1)).isFalse();
        clock.advance(Duration.ofSeconds(3));
        assertThat(burst(BUCKET, "fred")).isEqualTo(1);
    }

    @Test
    void keyThatGetsAnEntry_beginsAtTheLevelOfTheOverflow() {
        for (Limit limit : List.of(BUCKET, ROLLING)) {
            fill();
            assertThat(take(limit, "fred", 17)).isTrue();
            assertThat(store.keys()).isEqualTo(MAX_KEYS);
            makeRoom();
            assertThat(charge(item(limit, "fred", 1)).available(0)).isEqualTo(2);
            assertThat(store.keys()).isEqualTo(1);
            assertThat(burst(limit, "fred")).isEqualTo(2);
            clock.advance(Duration.ofMinutes(1));
            assertThat(burst(limit, "fred")).isEqualTo(20);
            clock.advance(Duration.ofMinutes(3));
            store.remove(item(limit, "fred", 1).plain());
        }
    }

    @Test
    void keyThatGetsAnEntry_keepsWhatItConsumedOfEachRate() {
        Limit limit = bucket(0, rate(5, 1), rate(100, 86_400));
        fill();
        for (int i = 0; i < 10; i++) {
            assertThat(take(limit, "fred", 5)).isTrue();
            clock.advance(Duration.ofSeconds(1));
        }
        makeRoom();
        ChargeItem item = charge(item(limit, "fred", 1));
        assertThat(store.keys()).isEqualTo(1);
        assertThat(item.available(0)).isEqualTo(4);
        assertThat(item.available(1)).isEqualTo(49);
    }

    @Test
    void newVersionOfTheSameNumbers_keepsWhatWasConsumedInOverflow() {
        fill();
        assertThat(take(BUCKET, "fred", 17)).isTrue();
        assertThat(charge(item(bucket(1, rate(20, 60)), "fred", 1)).available(0))
                .isEqualTo(2);
        assertThat(charge(item(BUCKET, "fred", 1)).available(0)).isEqualTo(1);
        assertThat(take(LEASES, "fred", 1)).isTrue();
        assertThat(charge(item(new LeaseLimit(20, 7), "fred", 1)).available(0)).isEqualTo(18);
    }

    @Test
    void keysOfOtherNumbers_areNotHeldToThoseOfAnother() {
        fill();
        for (int i = 1; i <= 200; i++) {
            assertThat(burst(bucket(i, rate(i, 86_400)), "fred")).isEqualTo(i);
            assertThat(take(bucket(1000, rate(1_000_000, 60)), "fred", 1)).isTrue();
        }
        for (int i = 1; i <= 200; i++) {
            assertThat(burst(bucket(i, rate(i, 86_400)), "fred")).isZero();
        }
    }

    /** The second item used to drop the fresh entry of the first, and the charge went round for ever. */
    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void chargeOfSeveralItems_endsWhereAllAreInOverflow() {
        fill();
        Charge charge = Charge.of(item(BUCKET, "fred", 1), item(ROLLING, "fred", 1), item(LEASES, "fred", 1));
        store.charge(charge, 0);
        assertThat(charge.outcome()).isEqualTo(Outcome.ADMITTED);
    }

    @Test
    void itemsOfOneCharge_thatShareAnOverflowEntryAreBothLookedAt() {
        fill();
        Key fred = Key.of(Scope.USER, "fred");
        Key acme = Key.of(Scope.TENANT, "acme");
        Charge charge = Charge.of(
                new ChargeItem(Action.TAKE, BUCKET, "api", null, fred, 10),
                new ChargeItem(Action.TAKE, BUCKET, "api", acme, fred, 10));
        store.charge(charge, 0);
        assertThat(charge.outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(take(BUCKET, "fred", 1)).isFalse();
    }

    @Test
    void lease_isExactInOverflowAndMovesWithItsKey() {
        fill();
        ChargeItem first = charge(item(LEASES, "fred", 1));
        for (int i = 1; i < 20; i++) {
            assertThat(take(LEASES, "fred", 1)).isTrue();
        }
        assertThat(take(LEASES, "fred", 1)).isFalse();
        makeRoom();
        assertThat(take(LEASES, "fred", 1)).isFalse();
        assertThat(store.keys()).isEqualTo(1);
        Lease lease = first.lease();
        lease.release();
        lease.release();
        assertThat(burst(LEASES, "fred")).isEqualTo(1);
    }

    @Test
    void namedLeaseInOverflow_isFoundReleasedAndRemovedByItsKeyOnly() {
        LeaseLimit two = new LeaseLimit(2, 0);
        Key fred = Key.of(Scope.USER, "fred");
        Key acme = Key.of(Scope.TENANT, "acme");
        fill();
        ChargeItem own = ChargeItem.namedLease(Action.TAKE, two, "api", null, fred, "a");
        ChargeItem within = ChargeItem.namedLease(Action.TAKE, two, "api", acme, fred, "a");
        charge(own);
        charge(within);
        assertThat(take(two, "fred", 1)).isFalse();
        store.release(own.plain(), "a");
        store.release(own.plain(), "a");
        assertThat(burst(two, "fred")).isEqualTo(1);
        store.remove(item(two, "fred", 1).plain());
        own.lease().release();
        assertThat(burst(two, "fred")).isEqualTo(1);
        store.remove(within.plain());
        within.lease().release();
        assertThat(burst(two, "fred")).isEqualTo(1);
    }

    @Test
    void leasesOfOthers_stayBehindWhenAKeyMoves() {
        LeaseLimit two = new LeaseLimit(2, 0);
        fill();
        charge(neighbour(two, "fred", "acme", 1));
        charge(neighbour(two, "fred", "bolt", 1));
        assertThat(charge(neighbour(two, "fred", "core", 1)).verdict()).isEqualTo(Verdict.REFUSED);
        makeRoom();
        for (String tenant : List.of("acme", "bolt")) {
            assertThat(charge(neighbour(two, "fred", tenant, 1)).verdict()).isEqualTo(Verdict.PASSED);
            assertThat(charge(neighbour(two, "fred", tenant, 1)).verdict()).isEqualTo(Verdict.REFUSED);
        }
    }

    @Test
    void eviction_losesNothing() {
        assertThat(take(BUCKET, "fred", 20)).isTrue();
        clock.advance(Duration.ofSeconds(59));
        for (int i = 0; i < 1000; i++) {
            take(BUCKET, "user" + i, 1);
        }
        assertThat(charge(item(BUCKET, "fred", 1)).available(0)).isEqualTo(18);
        clock.advance(Duration.ofSeconds(200));
        for (int i = 0; i < 1000; i++) {
            take(BUCKET, "next" + i, 1);
        }
        clock.advance(Duration.ofMinutes(1));
        assertThat(burst(BUCKET, "fred")).isEqualTo(20);
    }

    @Test
    void callerWhoKeepsComing_isNotRefusedBecauseOfAFlood() {
        assertThat(take(BUCKET, "fred", 1)).isTrue();
        for (int i = 0; i < 60; i++) {
            for (int k = 0; k < 2000; k++) {
                take(BUCKET, "flood" + i + "-" + k, 20);
            }
            clock.advance(Duration.ofMillis(1990));
            for (int k = 0; k < 100; k++) {
                take(BUCKET, "again" + i + "-" + k, 20);
            }
            clock.advance(Duration.ofMillis(1010));
            assertThat(charge(item(BUCKET, "fred", 1)).available(0))
                    .as("a bucket of his own, which gains one token in three seconds")
                    .isEqualTo(19);
        }
    }

    @Test
    void callerSeenOnce_keepsHisPlaceForThreeSecondsThoughItIsWhole() {
        Limit quick = bucket(0, rate(20, 1));
        for (int second = 1; second <= 3; second++) {
            String user = "fred" + second;
            assertThat(take(quick, user, 20)).isTrue();
            clock.advance(Duration.ofSeconds(second));
            for (int i = 0; i < 100; i++) {
                charge(neighbour(quick, user, "flood" + i, 20));
            }
            assertThat(take(quick, user, 20)).as("after %s s", second).isEqualTo(second < 3);
            clock.advance(Duration.ofMinutes(5));
        }
    }

    @Test
    void callerSeenInTwoSeconds_keepsHisPlaceForAMinutePastFull() {
        for (int i = 0; i < 2; i++) {
            assertThat(take(BUCKET, "fred", 1)).isTrue();
            clock.advance(Duration.ofSeconds(1));
        }
        clock.advance(Duration.ofSeconds(55));
        flood(40);
        assertThat(take(BUCKET, "fred", 20)).isTrue();
        clock.advance(Duration.ofSeconds(119));
        flood(40);
        assertThat(take(BUCKET, "fred", 20)).as("full for 59 s only").isTrue();
        clock.advance(Duration.ofSeconds(121));
        flood(40);
        assertThat(take(BUCKET, "fred", 20)).as("others have his place by now").isFalse();
    }

    private void flood(int second) {
        for (int k = 0; k < 5000; k++) {
            take(BUCKET, "flood" + second + "-" + k, 20);
        }
    }

    @Test
    void protectedPlaces_areAtMostHalf() {
        for (int second = 0; second < 2; second++) {
            for (int i = 0; i < MAX_KEYS; i++) {
                take(BUCKET, "user" + i, 1);
            }
            clock.advance(Duration.ofSeconds(1));
        }
        clock.advance(Duration.ofSeconds(30));
        long places = 0;
        for (int i = 0; i < 200; i++) {
            places += charge(neighbour(ROLLING, "fred", "next" + i, 20)).verdict() == Verdict.PASSED ? 1 : 0;
        }
        assertThat(places).as("five gave way, the rest shared one").isEqualTo(6);
        for (int i = 0; i < 5; i++) {
            assertThat(charge(item(BUCKET, "user" + i, 1)).available(0)).isEqualTo(19);
        }
        assertThat(store.keys()).isEqualTo(MAX_KEYS);
    }

    @Test
    void overflow_endsWithTheFlood() {
        fill();
        for (int i = 0; i < 5000; i++) {
            take(BUCKET, "flood" + i, 20);
        }
        makeRoom();
        clock.advance(Duration.ofMinutes(1));
        assertThat(burst(BUCKET, "fred")).isEqualTo(20);
    }

    @Test
    void placesAreFoundAgain_afterAHundredYears() {
        for (int i = 0; i < MAX_KEYS; i++) {
            take(BUCKET, "user" + i, 20);
        }
        clock.advance(Duration.ofDays(36_525));
        for (int i = 0; i < MAX_KEYS; i++) {
            assertThat(charge(neighbour(BUCKET, "fred", "next" + i, 20)).verdict())
                    .as("a place of its own")
                    .isEqualTo(Verdict.PASSED);
        }
        assertThat(store.keys()).isEqualTo(MAX_KEYS);
    }
}
