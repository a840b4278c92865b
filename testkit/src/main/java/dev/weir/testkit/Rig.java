// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RateLimitStore;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.util.List;

/** A store on the bench: its clock, and short ways to charge it. */
final class Rig implements AutoCloseable {

    static final Key FRED = Key.of(Scope.USER, "fred");
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration MINUTE = Duration.ofMinutes(1);
    static final Duration HOUR = Duration.ofHours(1);

    /** How long the contract waits for its threads; the tests of the contract have less. */
    static volatile Duration patience = Duration.ofSeconds(10);

    private static final String RULE = "rule";
    private static final long MAX_KEYS = 10_000;
    private static final long MAX_BURST = 1_000_000;

    final ManualClock clock = new ManualClock();
    final RateLimitStore store;
    final long resolution;

    Rig(StoreFixture fixture) {
        this.resolution = fixture.clockResolution().toNanos();
        this.store = fixture.newStore(clock, MAX_KEYS);
    }

    static Rate rate(long amount, Duration period) {
        return rate(amount, period, amount);
    }

    static Rate rate(long amount, Duration period, long burst) {
        return new Rate(amount, period.toNanos(), burst);
    }

    static BucketLimit bucket(long amount, Duration period) {
        return bucket(0, rate(amount, period));
    }

    static BucketLimit bucket(long version, Rate... rates) {
        return new BucketLimit(List.of(rates), version);
    }

    static RollingLimit rolling(long amount, Duration period) {
        return rolling(0, rate(amount, period));
    }

    static RollingLimit rolling(long version, Rate... rates) {
        return new RollingLimit(List.of(rates), version);
    }

    static LeaseLimit leases(long max) {
        return new LeaseLimit(max, 0);
    }

    static ChargeItem item(Action action, Limit limit, long cost) {
        return new ChargeItem(action, limit, RULE, null, FRED, cost);
    }

    static ChargeItem named(LeaseLimit limit, String id) {
        return ChargeItem.namedLease(Action.TAKE, limit, RULE, null, FRED, id);
    }

    /** The key of {@link #item}. */
    static ItemKey key(Limit limit) {
        return new ItemKey(limit.kind(), RULE, null, FRED);
    }

    Charge charge(ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, clock.nanoTime() + SECOND.toNanos());
        return charge;
    }

    /** Charges one item, which must be decided, and answers it. */
    ChargeItem ask(Action action, Limit limit, long cost) {
        return ask(item(action, limit, cost));
    }

    ChargeItem ask(ChargeItem item) {
        Charge charge = charge(item);
        assertTrue(charge.outcome().decided(), () -> "outcome was " + charge.outcome());
        return item;
    }

    ChargeItem take(Limit limit) {
        return ask(Action.TAKE, limit, 1);
    }

    ChargeItem look(Limit limit) {
        return ask(Action.LOOK, limit, 1);
    }

    boolean takes(ChargeItem... items) {
        return charge(items).outcome() == Outcome.ADMITTED;
    }

    boolean takes(Limit limit, long cost) {
        return takes(item(Action.TAKE, limit, cost));
    }

    Lease lease(ChargeItem item) {
        assertTrue(takes(item), "the lease was refused");
        Lease lease = item.lease();
        if (lease == null) {
            throw new AssertionError("an admitted charge must hand over its lease");
        }
        return lease;
    }

    /** Takes one by one until it is refused, and answers how many there were. */
    long burst(Limit limit) {
        long admitted = 0;
        while (takes(limit, 1)) {
            admitted++;
            assertNotEquals(MAX_BURST, admitted, "nothing stops this burst");
        }
        return admitted;
    }

    void advance(Duration duration) {
        clock.advance(duration);
    }

    /** Lets a lone caller who was refused wait the stated time: he is admitted then, and not one step of the clock before. */
    void assertWaitIsExact(ChargeItem refused) {
        assertEquals(Verdict.REFUSED, refused.verdict());
        long wait = refused.waitNanos();
        assertTrue(wait >= resolution, () -> "the wait must be positive but was " + wait);
        clock.advanceNanos(wait - resolution);
        assertEquals(
                Verdict.REFUSED,
                ask(refused.as(Action.LOOK)).verdict(),
                () -> "who waits less than the stated " + wait + " ns");
        clock.advanceNanos(resolution);
        assertEquals(
                Verdict.PASSED, ask(refused.as(Action.TAKE)).verdict(), () -> "who waits the stated " + wait + " ns");
    }

    /** Checks when a rate is whole again, as stated, and not one step of the clock before. */
    void assertResetIsExact(Limit limit, int rate) {
        long reset = look(limit).resetNanos(rate);
        assertTrue(reset >= resolution, () -> "the reset must be positive but was " + reset);
        clock.advanceNanos(reset - resolution);
        assertTrue(look(limit).resetNanos(rate) > 0, () -> "whole before the stated " + reset + " ns");
        clock.advanceNanos(resolution);
        ChargeItem whole = look(limit);
        assertEquals(limit.capacity(rate), whole.available(rate), () -> "after the stated " + reset + " ns");
        assertEquals(0, whole.resetNanos(rate), "a whole rate has nothing to wait for");
    }

    @Override
    public void close() {
        store.close();
    }
}
