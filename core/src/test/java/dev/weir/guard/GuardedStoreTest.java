// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.FakeTime;
import dev.weir.ThreadUse;
import dev.weir.store.Charge;
import dev.weir.store.Outcome;
import dev.weir.store.SharedRateLimitStore;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardedStoreTest {

    private static final long DEADLINE = Duration.ofMillis(25).toNanos();

    private final FakeShared shared = new FakeShared();
    private final FakeTime time = new FakeTime();
    private final List<String> told = new ArrayList<>();
    private final GuardedStore guard = new GuardedStore(
            shared, time, 0, (answers, cause) -> told.add(answers + (cause == null ? "" : " " + cause.getMessage())));

    @AfterEach
    void close() {
        guard.close();
    }

    private Outcome charge() {
        return charge("fred");
    }

    private Outcome charge(String user) {
        Charge charge = Charge.of(Items.take(user));
        guard.charge(charge, DEADLINE);
        return charge.outcome();
    }

    private void open() {
        shared.die();
        for (int i = 0; i < 5; i++) {
            charge();
        }
        assertThat(guard.answers()).isFalse();
    }

    @Test
    void storeThatAnswers_isAsked() {
        assertThat(charge()).isEqualTo(Outcome.ADMITTED);
        assertThat(shared.charges).hasValue(1);
        assertThat(guard.failures()).isZero();
        assertThat(told).isEmpty();
    }

    @Test
    void openBreaker_failsAtOnceAndAsksNobody() {
        open();
        assertThat(shared.charges).hasValue(5);
        assertThat(charge()).isEqualTo(Outcome.NOT_SENT);
        assertThat(shared.charges).hasValue(5);
        assertThat(guard.failures()).isEqualTo(6);
        assertThat(told).containsExactly("false no answer");
    }

    @Test
    void usersRequest_isNeverTheProbe() {
        open();
        shared.revive();
        for (int i = 0; i < 10_000; i++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(charge()).isEqualTo(Outcome.NOT_SENT);
        }
        assertThat(shared.charges).as("charges that reached the store").hasValue(5);
        guard.beat();
        assertThat(charge()).isEqualTo(Outcome.ADMITTED);
    }

    @Test
    void heartbeatThatIsAnswered_closesTheBreakerAtOnce() {
        open();
        guard.beat();
        assertThat(guard.answers()).isFalse();
        shared.revive();
        assertThat(guard.beat()).isEqualTo(GuardedStore.CALM_NANOS);
        assertThat(guard.answers()).isTrue();
        assertThat(charge()).isEqualTo(Outcome.ADMITTED);
        assertThat(told).containsExactly("false no answer", "true");
    }

    @Test
    void heartbeats_openTheBreakerOfAStoreThatNobodyUses() {
        shared.die();
        for (int i = 0; i < 4; i++) {
            guard.beat();
            assertThat(guard.answers()).isTrue();
        }
        guard.beat();
        assertThat(guard.answers()).isFalse();
        assertThat(told).hasSize(1);
    }

    @Test
    void heartbeatsThatAreAnswered_doNotHideChargesThatFail() {
        shared.answer = FakeShared::fail;
        for (int i = 0; i < 5; i++) {
            assertThat(guard.answers()).isTrue();
            guard.beat();
            charge();
        }
        assertThat(guard.answers()).isFalse();
    }

    /** The store answers heartbeats, but is slower than a charge may take: who tries must become rarer. */
    @Test
    void storeThatOnlyAnswersHeartbeats_isTriedLessAndLess() {
        shared.answer = FakeShared::fail;
        int minute = 240;
        passQuarterSeconds(minute);
        int first = shared.charges.get();
        assertThat(first).as("not five in each quarter of a second").isBetween(5, 5 * 11);
        passQuarterSeconds(10 * minute);
        assertThat(shared.charges.get() - first).as("five in half a minute").isBetween(5 * 15, 5 * 21);
        shared.revive();
        passQuarterSeconds(minute / 2 + 1);
        assertThat(guard.answers()).as("back within half a minute").isTrue();
    }

    @Test
    void storeThatWasReallyGone_isBackAtOnceWhateverWasBefore() {
        shared.answer = FakeShared::fail;
        passQuarterSeconds(240);
        shared.die();
        passQuarterSeconds(4);
        shared.revive();
        passQuarterSeconds(1);
        assertThat(guard.answers()).isTrue();
    }

    @Test
    void storeThatFailsNowAndThen_isBackAtOnceEachTime() {
        for (int i = 0; i < 20; i++) {
            shared.answer = FakeShared::fail;
            for (int failed = 0; failed < 5; failed++) {
                charge();
            }
            assertThat(guard.answers()).isFalse();
            shared.revive();
            guard.beat();
            assertThat(guard.answers()).isTrue();
            time.advance(Duration.ofNanos(Reopening.SOON_NANOS));
        }
    }

    /** Five requests come in each, and a heartbeat at its end. */
    private void passQuarterSeconds(int quarters) {
        for (int i = 0; i < quarters; i++) {
            for (int request = 0; request < 5; request++) {
                charge();
            }
            time.advance(Duration.ofMillis(250));
            guard.beat();
        }
    }

    /** What one caller's key holds says nothing of the store. */
    @Test
    void chargesThatFailAlone_openNothing() {
        shared.answer = charge -> charge.failAlone(new IllegalStateException("foreign value"));
        for (int i = 0; i < 100; i++) {
            assertThat(charge()).isEqualTo(Outcome.NOT_SENT);
        }
        assertThat(guard.answers()).isTrue();
        assertThat(guard.failures()).isEqualTo(100);
        assertThat(shared.charges).hasValue(100);
    }

    @Test
    void heartbeatThatThrows_isOneThatIsNotAnswered() {
        shared.duringBeat = () -> {
            throw new OutOfMemoryError("test");
        };
        for (int i = 0; i < 5; i++) {
            guard.beat();
        }
        assertThat(told).containsExactly("false test");
        shared.duringBeat = () -> {};
        guard.beat();
        assertThat(guard.answers()).isTrue();
    }

    @Test
    void chargeThatThrows_isAFailureAndIsPassedOn() {
        shared.answer = charge -> {
            throw new IllegalStateException("a store must not throw");
        };
        for (int i = 0; i < 5; i++) {
            assertThatThrownBy(this::charge).isInstanceOf(IllegalStateException.class);
        }
        assertThat(charge()).isEqualTo(Outcome.NOT_SENT);
        assertThat(told).containsExactly("false a store must not throw");
    }

    @Test
    void heartbeats_comeOnceASecond_andSpreadAroundAQuarterOfOneWhileNotAnswered() {
        assertThat(guard.beat()).isEqualTo(1_000_000_000);
        shared.alive = 0;
        long least = Long.MAX_VALUE;
        long most = 0;
        for (int i = 0; i < 1_000; i++) {
            long wait = guard.beat();
            least = Math.min(least, wait);
            most = Math.max(most, wait);
        }
        assertThat(least).isBetween(200_000_000L, 210_000_000L);
        assertThat(most).isBetween(290_000_000L, 300_000_000L);
    }

    @Test
    void instances_areThoseLastSeen_elseConfigured_elseOne() {
        assertThat(guard.instances()).isEqualTo(1);
        assertThat(guard.knowsInstances()).isFalse();
        GuardedStore configured = new GuardedStore(shared, time, 7, (answers, cause) -> {});
        assertThat(configured.instances()).isEqualTo(7);
        assertThat(configured.knowsInstances()).isTrue();
        shared.alive = 3;
        configured.beat();
        guard.beat();
        assertThat(configured.instances()).isEqualTo(3);
        shared.alive = 0;
        for (int i = 0; i < 1_000; i++) {
            time.advance(Duration.ofSeconds(1));
            guard.beat();
        }
        assertThat(guard.instances()).as("during an outage").isEqualTo(3);
    }

    /** Of several servers that one is gone which counts the instances. */
    @Test
    void aStoreThatCannotCount_answersAndLeavesTheNumberAsItWas() {
        GuardedStore configured = new GuardedStore(shared, time, 7, (answers, cause) -> {});
        shared.alive = SharedRateLimitStore.UNCOUNTED;
        configured.beat();
        assertThat(configured.instances()).isEqualTo(7);
        shared.alive = 3;
        configured.beat();
        shared.alive = SharedRateLimitStore.UNCOUNTED;
        for (int i = 0; i < 100; i++) {
            time.advance(Duration.ofSeconds(1));
            configured.beat();
        }
        assertThat(configured.instances()).isEqualTo(3);
        assertThat(configured.answers()).isTrue();
    }

    /** A store that has lost its data knows only those who have come back to it. */
    @Test
    void fewerInstances_countWhenMoreHaveNotBeenHeardForAMinute() {
        shared.alive = 4;
        guard.beat();
        time.advance(Duration.ofSeconds(30));
        guard.beat();
        shared.alive = 1;
        time.advance(Duration.ofSeconds(60));
        guard.beat();
        assertThat(guard.instances()).isEqualTo(4);
        time.advance(Duration.ofNanos(1));
        guard.beat();
        assertThat(guard.instances()).isEqualTo(1);
        shared.alive = 2;
        guard.beat();
        assertThat(guard.instances()).as("more count at once").isEqualTo(2);
    }

    @Test
    void closedGuard_asksNobodyAndTellsNothing() {
        guard.close();
        assertThat(charge()).isEqualTo(Outcome.NOT_SENT);
        guard.beat();
        assertThat(charge()).isEqualTo(Outcome.NOT_SENT);
        assertThat(shared.charges).hasValue(0);
        assertThat(told).isEmpty();
    }

    @Test
    void aMillionChargesOfAStoreThatIsGone_growNothing() throws ReflectiveOperationException {
        open();
        assertMillionChargesAllocateNothing();
        assertThat(guard.failures()).isEqualTo(1_000_005);
        assertThat(guard.rememberedRefusals()).isZero();
    }

    @Test
    void chargeThatIsAdmitted_allocatesNothing() throws ReflectiveOperationException {
        shared.answer = asked -> asked.decide(Outcome.ADMITTED);
        assertMillionChargesAllocateNothing();
    }

    private void assertMillionChargesAllocateNothing() throws ReflectiveOperationException {
        Charge charge = Charge.of(Items.take("fred"));
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            long before = ThreadUse.allocatedBytes();
            for (int i = 0; i < 200_000; i++) {
                guard.charge(charge, DEADLINE);
            }
            least = Math.min(least, ThreadUse.allocatedBytes() - before);
        }
        assertThat(least).as("bytes in 200,000 charges").isLessThan(200_000);
    }

    @Test
    void breakerThatOpens_hurriesTheNextHeartbeat() throws ReflectiveOperationException {
        assertThat((long) field(Pulse.class, "mostNanos").get(pulse(guard))).isEqualTo(Long.MAX_VALUE);
        open();
        assertThat((long) field(Pulse.class, "mostNanos").get(pulse(guard))).isBetween(200_000_000L, 300_000_000L);
    }

    @Test
    void thread_beatsAtOnce_andSoonerIfHurried() throws InterruptedException {
        Semaphore beats = new Semaphore(0);
        Pulse pulse = new Pulse(() -> {
            beats.release();
            return Duration.ofHours(1).toNanos();
        });
        pulse.start();
        assertThat(beats.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        pulse.hurry(1);
        assertThat(beats.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        pulse.close();
        assertThat(beats.availablePermits()).isZero();
    }

    @Test
    void close_endsTheThread() throws Exception {
        guard.start();
        guard.close();
        assertThat(thread(guard).isAlive()).isFalse();
        assertThat(shared.closed).as("it is not the guard's").isFalse();
    }

    @Test
    void closeWithAStoreThatHangs_takesNoThreeSeconds() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        shared.duringBeat = () -> {
            hanging.countDown();
            awaitWhateverHappens(end);
        };
        guard.start();
        assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
        Thread closer = new Thread(guard::close);
        closer.start();
        closer.join(3_000);
        assertThat(closer.isAlive()).as("closing after three seconds").isFalse();
        assertThat(thread(guard).isDaemon()).isTrue();
        end.countDown();
        thread(guard).join(10_000);
        assertThat(thread(guard).isAlive()).isFalse();
    }

    private static void awaitWhateverHappens(CountDownLatch end) {
        while (true) {
            try {
                end.await();
                return;
            } catch (InterruptedException e) {
                // A store that hangs pays no heed to that.
            }
        }
    }

    private static Thread thread(GuardedStore guard) throws ReflectiveOperationException {
        return (Thread) field(Pulse.class, "thread").get(pulse(guard));
    }

    private static Object pulse(GuardedStore guard) throws ReflectiveOperationException {
        return field(GuardedStore.class, "pulse").get(guard);
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
