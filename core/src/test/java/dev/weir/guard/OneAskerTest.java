// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static dev.weir.guard.Items.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.FakeTime;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a refusal is over, one thread asks the store again while the others go on being refused. */
class OneAskerTest {

    private static final Duration DEADLINE = Duration.ofMillis(25);
    private static final int THREADS = 8;

    private final FakeShared shared = new FakeShared();
    private final FakeTime time = new FakeTime();
    private final GuardedStore guard = new GuardedStore(shared, time, 0, (answers, cause) -> {});

    @AfterEach
    void close() {
        guard.close();
    }

    private Charge charge(ChargeItem... items) {
        Charge charge = Charge.of(items);
        guard.charge(charge, DEADLINE.toNanos());
        return charge;
    }

    private void refuse(ChargeItem... items) {
        shared.answer = FakeShared.refusing(5 * SECOND);
        charge(items);
        shared.charges.set(0);
    }

    /** Eight threads come at the same moment, and the store answers when all but one have been. */
    @Test
    void oneOfEightThreads_asks() throws Exception {
        for (int round = 0; round < 50; round++) {
            refuse(Items.take("fred"));
            time.advance(Duration.ofSeconds(1));
            CountDownLatch others = new CountDownLatch(THREADS - 1);
            shared.answer = asked -> {
                await(others);
                FakeShared.refusing(4 * SECOND).accept(asked);
            };
            ConcurrentLinkedQueue<Outcome> outcomes = new ConcurrentLinkedQueue<>();
            CyclicBarrier start = new CyclicBarrier(THREADS);
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                threads.add(new Thread(() -> {
                    await(start);
                    outcomes.add(charge(Items.take("fred")).outcome());
                    others.countDown();
                }));
            }
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(outcomes).hasSize(THREADS).containsOnly(Outcome.REFUSED);
            assertThat(shared.charges).as("charges that reached the store").hasValue(1);
            time.advance(Duration.ofMinutes(1));
        }
    }

    @Test
    void othersWait_forOneDeadlineAtMost() {
        refuse(Items.take("fred"));
        time.advance(Duration.ofMillis(500));
        refuse(Items.take("anna")); // who is still refused then
        time.advance(Duration.ofMillis(500));
        shared.answer = asked -> {
            Charge second = charge(Items.take("fred"));
            assertThat(second.outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(second.item(0).waitNanos()).isEqualTo(4 * SECOND);
            time.advance(DEADLINE.minusNanos(1));
            assertThat(charge(Items.take("fred")).outcome()).isEqualTo(Outcome.REFUSED);
            time.advance(Duration.ofNanos(1));
            shared.answer = FakeShared::admit;
            assertThat(charge(Items.take("fred")).outcome()).isEqualTo(Outcome.ADMITTED);
            FakeShared.fail(asked);
        };
        assertThat(charge(Items.take("fred")).outcome()).isEqualTo(Outcome.PERHAPS_SENT);
        assertThat(shared.charges).hasValue(2);
    }

    @Test
    void whoIsRefusedWhileAnotherAsks_waitsSomething() {
        shared.answer = FakeShared.refusing(SECOND);
        charge(Items.take("fred"));
        time.advance(Duration.ofSeconds(1));
        shared.answer = asked -> {
            ChargeItem second = charge(Items.take("fred")).item(0);
            assertThat(second.verdict()).isEqualTo(Verdict.REFUSED);
            assertThat(second.waitNanos()).isEqualTo(1);
            FakeShared.admit(asked);
        };
        assertThat(charge(Items.take("fred")).outcome()).isEqualTo(Outcome.ADMITTED);
    }

    /** Whoever is refused for another item must not keep the right to ask, or nobody would ask in his place. */
    @Test
    void whoAsksForOneItemAndIsRefusedForAnother_givesTheFirstBack() {
        ChargeItem first = Items.take("fred");
        ChargeItem second = Items.item(Action.TAKE, Items.rolling(20), "fred", 1);
        refuse(first, second);
        time.advance(Duration.ofSeconds(1));
        List<Outcome> inBetween = new ArrayList<>();
        shared.answer = asked -> {
            shared.answer = FakeShared::admit;
            inBetween.add(charge(first.as(Action.TAKE), second.as(Action.TAKE)).outcome());
            inBetween.add(charge(first.as(Action.TAKE)).outcome());
            FakeShared.admit(asked);
        };
        assertThat(charge(second.as(Action.TAKE)).outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(inBetween).containsExactly(Outcome.REFUSED, Outcome.ADMITTED);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
