// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
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

/** A key gets an entry of its own while another thread is on its way to the overflow entry: held up there by its lock. */
@Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MovingTest {

    private static final Limit BUCKET =
            new BucketLimit(List.of(new Rate(20, Duration.ofHours(1).toNanos(), 20)), 0);
    private static final Limit ROLLING =
            new RollingLimit(List.of(new Rate(20, Duration.ofHours(1).toNanos(), 20)), 0);
    private static final LeaseLimit LEASES = new LeaseLimit(5, 0);
    private static final Key FRED = Key.of(Scope.USER, "fred");
    private static final Key ACME = Key.of(Scope.TENANT, "acme");

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(2, clock);
    private final ChargeItem holder = item(LEASES, null, Key.of(Scope.USER, "holder"));
    private final ChargeItem filler = item(BUCKET, null, Key.of(Scope.USER, "filler"));

    private static ChargeItem item(Limit limit, Key within, Key per) {
        return new ChargeItem(Action.TAKE, limit, "api", within, per, 1);
    }

    private ChargeItem charge(ChargeItem item) {
        store.charge(Charge.of(item), 0);
        return item;
    }

    /** Lets a thread begin, and run into a lock; then does something under the lock, and lets the thread end. */
    private static void whileBlocked(LeaseEntry lock, Runnable late, Runnable meanwhile) throws Exception {
        Thread thread = new Thread(late);
        synchronized (lock) {
            thread.start();
            while (thread.getState() != Thread.State.BLOCKED) {
                Thread.onSpinWait();
            }
            meanwhile.run();
        }
        thread.join();
    }

    /**
     * The same for a charge that has found its places already. A second charge is sent ahead: it runs into the lock while
     * it sweeps, and has the hand with it, so that the late one does not sweep.
     */
    private void whileCharging(Charge late, Runnable meanwhile) throws Exception {
        Thread sweeper = new Thread(() -> charge(item(ROLLING, null, FRED)));
        Thread thread = new Thread(() -> store.charge(late, 0));
        synchronized (home(holder)) {
            startUntilBlocked(sweeper, "sweep");
            startUntilBlocked(thread, "lockNext");
            meanwhile.run();
        }
        thread.join();
        sweeper.join();
    }

    private static void startUntilBlocked(Thread thread, String method) {
        thread.start();
        while (thread.getState() != Thread.State.BLOCKED && thread.isAlive()) {
            Thread.onSpinWait();
        }
        assertThat(thread.getStackTrace())
                .extracting(StackTraceElement::getMethodName)
                .contains(method);
    }

    private static LeaseEntry home(ChargeItem item) {
        return ((MemoryLease) item.lease()).home;
    }

    @Test
    void charge_onItsWayToTheOverflowFindsTheEntryThatTheKeyHasByNow() throws Exception {
        charge(holder);
        charge(filler);
        Charge late = Charge.of(holder.as(Action.TAKE), item(BUCKET, null, FRED));
        whileCharging(late, () -> {
            store.remove(filler.plain());
            charge(item(BUCKET, null, FRED));
        });
        assertThat(store.keys()).isEqualTo(2);
        assertThat(charge(item(BUCKET, null, FRED)).available(0)).isEqualTo(17);
    }

    /** The sweeper has the hand, or the one who moves would run into the lock already on his way to it. */
    @Test
    void entryOfItsOwn_waitsForWhoeverIsAtTheOverflowEntry() throws Exception {
        charge(holder);
        charge(filler);
        ChargeItem taken = charge(item(LEASES, null, FRED));
        LeaseEntry overflow = home(taken);
        store.remove(filler.plain());
        Thread sweeper = new Thread(() -> charge(item(ROLLING, null, FRED)));
        Thread mover = new Thread(() -> charge(taken.as(Action.LOOK)));
        synchronized (home(holder)) {
            startUntilBlocked(sweeper, "sweep");
            synchronized (overflow) {
                startUntilBlocked(mover, "inherit");
                assertThat(home(taken)).isSameAs(overflow);
            }
            mover.join();
        }
        sweeper.join();
        assertThat(home(taken)).isNotSameAs(overflow);
        assertThat(charge(item(LEASES, null, FRED)).available(0)).isEqualTo(3);
    }

    @Test
    void charge_ofTwoKeysInOneOverflowFindsTheEntryOfTheSecond() throws Exception {
        charge(holder);
        charge(filler);
        Charge late = Charge.of(holder.as(Action.TAKE), item(BUCKET, null, FRED), item(BUCKET, ACME, FRED));
        whileCharging(late, () -> {
            store.remove(filler.plain());
            charge(item(BUCKET, ACME, FRED));
        });
        assertThat(charge(item(BUCKET, ACME, FRED)).available(0)).isEqualTo(17);
    }

    @Test
    void charge_isDecidedAtTheTimeWhenItHasItsLocks() throws Exception {
        charge(holder);
        ChargeItem all = new ChargeItem(Action.TAKE, BUCKET, "api", null, FRED, 20);
        assertThat(charge(all).verdict()).isEqualTo(Verdict.PASSED);
        Charge late = Charge.of(holder.as(Action.TAKE), all.as(Action.TAKE));
        whileBlocked(home(holder), () -> store.charge(late, 0), () -> clock.advance(Duration.ofHours(1)));
        assertThat(late.outcome()).as("it is whole by now").isEqualTo(Outcome.ADMITTED);
    }

    @Test
    void release_ofANamedLeaseThatMovesMeanwhileFindsIt() throws Exception {
        charge(holder);
        charge(filler);
        ChargeItem named = charge(ChargeItem.namedLease(Action.TAKE, LEASES, "api", null, FRED, "a"));
        whileBlocked(home(named), () -> store.release(named.plain(), "a"), () -> {
            store.remove(filler.plain());
            charge(named.as(Action.LOOK));
        });
        assertThat(store.keys()).isEqualTo(2);
        assertThat(charge(item(LEASES, null, FRED)).available(0)).isEqualTo(4);
    }

    @Test
    void release_ofALeaseThatMovesMeanwhileFreesItOnce() throws Exception {
        charge(holder);
        charge(filler);
        ChargeItem taken = charge(item(LEASES, null, FRED));
        whileBlocked(home(taken), () -> taken.lease().release(), () -> {
            store.remove(filler.plain());
            charge(taken.as(Action.LOOK));
        });
        taken.lease().release();
        assertThat(charge(item(LEASES, null, FRED)).available(0)).isEqualTo(4);
    }
}
