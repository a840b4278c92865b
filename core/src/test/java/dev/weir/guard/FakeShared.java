// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.Verdict;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A shared store that counts nothing: it says what the test wants, and counts who asks. Thread-safe. */
public final class FakeShared implements SharedRateLimitStore {

    public final AtomicInteger charges = new AtomicInteger();
    public final AtomicInteger beats = new AtomicInteger();
    public final List<String> administered = new CopyOnWriteArrayList<>();
    public volatile Consumer<Charge> answer = FakeShared::admit;
    public volatile int alive = 1;
    public volatile long lostRefunds;
    public volatile boolean closed;
    public volatile Consumer<Limit> check = limit -> {};
    public volatile Consumer<List<ItemKind>> checkTogether = kinds -> {};
    public volatile Runnable duringBeat = () -> {};

    public static void admit(Charge charge) {
        decide(charge, 0);
    }

    /** Refuses all items that may refuse, or admits them for a wait of 0. */
    public static Consumer<Charge> refusing(long waitNanos) {
        return charge -> decide(charge, waitNanos);
    }

    private static void decide(Charge charge, long waitNanos) {
        for (int i = 0; i < charge.size(); i++) {
            refuse(charge.item(i), waitNanos);
        }
        charge.decide(charge.outcomeOfVerdicts());
    }

    static void refuse(ChargeItem item, long waitNanos) {
        item.verdict(waitNanos > 0 ? Verdict.REFUSED : Verdict.PASSED);
        item.report(0, 0, waitNanos, waitNanos * 10);
    }

    /**
     * Admits what it reaches, as a store does that keeps its items in several places.
     *
     * @param gone which items it does not reach
     * @param undo what gives back what was taken
     */
    public static Consumer<Charge> reachingAllBut(Predicate<ChargeItem> gone, Runnable undo) {
        return charge -> {
            for (int i = 0; i < charge.size(); i++) {
                ChargeItem item = charge.item(i);
                if (gone.test(item)) {
                    item.verdict(Verdict.UNDECIDED);
                } else {
                    item.verdict(Verdict.PASSED);
                    item.report(0, item.limit().capacity(0) - item.cost(), 0, 1);
                }
            }
            charge.decidePartly(undo, new IllegalStateException("one place is gone"));
        };
    }

    public static void fail(Charge charge) {
        charge.fail(Outcome.PERHAPS_SENT, new IllegalStateException("no answer"));
    }

    /** Neither charges nor heartbeats are answered. */
    public void die() {
        answer = FakeShared::fail;
        alive = 0;
    }

    public void revive() {
        answer = FakeShared::admit;
        alive = 1;
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        charges.incrementAndGet();
        answer.accept(charge);
    }

    @Override
    public long lostRefunds() {
        return lostRefunds;
    }

    @Override
    public int heartbeat(long deadlineNanos) {
        beats.incrementAndGet();
        duringBeat.run();
        return alive;
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        administered.add("release " + key + " " + leaseId);
    }

    @Override
    public void refill(ItemKey key) {
        administered.add("refill " + key);
    }

    @Override
    public void remove(ItemKey key) {
        administered.add("remove " + key);
    }

    @Override
    public void checkTogether(List<ItemKind> kinds) {
        checkTogether.accept(kinds);
    }

    @Override
    public void check(Limit limit) {
        check.accept(limit);
    }

    @Override
    public void close() {
        closed = true;
    }
}
