// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.Complaints.Matter;
import dev.weir.guard.GuardedStore;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The way to the store and back: charges, releases, settles, and decides by the rules' failure policy what a store that
 * does not answer means. Thread-safe.
 */
final class StoreGate {

    private final RateLimitStore store;
    private final @Nullable LocalShare local;
    private final long deadlineNanos;
    private final Complaints complaints;
    private final boolean anew;
    private final LongAdder inFlight = new LongAdder();
    private final LongAdder degraded = new LongAdder();

    /**
     * Makes the gate.
     *
     * @param local where rules that are {@code local} go on, or null if they pass like those that are {@code open}
     */
    StoreGate(RateLimitStore store, @Nullable LocalShare local, Duration deadline, Complaints complaints) {
        this(store, local, deadline, complaints, false);
    }

    private StoreGate(
            RateLimitStore store, @Nullable LocalShare local, Duration deadline, Complaints complaints, boolean anew) {
        this.store = store;
        this.local = local;
        this.deadlineNanos = deadline.toNanos();
        this.complaints = complaints;
        this.anew = anew;
    }

    /** A gate to the same place through which no charge is refused from memory, so that each of its items has a verdict. */
    StoreGate decidingAll() {
        return new StoreGate(store, local, Duration.ofNanos(deadlineNanos), complaints, true);
    }

    Decision charge(Charge charge) {
        ask(store, charge);
        if (isDecided(charge)) {
            return decided(charge, false);
        }
        degraded.increment();
        return withoutStore(charge);
    }

    Decision look(Charge charge) {
        ask(store, charge);
        return isDecided(charge) ? Decision.of(charge, false) : withoutStore(charge);
    }

    private static boolean isDecided(Charge charge) {
        return charge.outcome().decided() && !charge.isPartly();
    }

    private Decision decided(Charge charge, boolean isDegraded) {
        try {
            Decision decision = Decision.of(charge, isDegraded);
            if (decision.holdsLeases()) {
                inFlight.increment();
            }
            return decision;
        } catch (Throwable e) {
            // Nobody would have a decision to complete.
            releaseLeases(charge);
            throw e;
        }
    }

    /* Design: what a part of the store has taken for a request that does not pass is given back. */
    private Decision withoutStore(Charge charge) {
        try {
            Decision decision = withWhatIsLeft(charge);
            if (!decision.isAdmitted()) {
                giveBack(charge);
            }
            return decision;
        } catch (Throwable e) {
            giveBack(charge);
            throw e;
        }
    }

    /** Any rule that is closed refuses; of the others, those that are local go on here, and the rest are left out. */
    private Decision withWhatIsLeft(Charge charge) {
        Charge undecided = StoreSplit.undecided(charge);
        if (StoreSplit.anyClosed(undecided)) {
            return Decision.degraded(false);
        }
        Charge here = local == null ? null : goOnHere(local, undecided);
        if (charge.isPartly()) {
            return decided(StoreSplit.merge(charge, here), true);
        }
        return here == null ? Decision.degraded(true) : decided(here, true);
    }

    /** What a part of the store has taken for a request that is refused. */
    private void giveBack(Charge charge) {
        if (!charge.isPartly()) {
            return;
        }
        try {
            charge.undo();
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.STORE, e);
        } finally {
            releaseLeases(charge, false);
            StoreSplit.withdraw(charge);
        }
    }

    /** The charge of the local rules, decided, or null if there is none. */
    private @Nullable Charge goOnHere(LocalShare share, Charge undecided) {
        Charge here = share.shareOf(undecided);
        return here.size() > 0 && ask(share.memory(), here) ? here : null;
    }

    /** Answers whether the store decided. A store must not throw; one that does has perhaps taken something. */
    private boolean ask(RateLimitStore asked, Charge charge) {
        if (charge.size() == 0) {
            charge.decide(Outcome.ADMITTED);
            return true;
        }
        boolean complains = !(asked instanceof GuardedStore); // of a shared store, one line tells when it goes
        try {
            if (anew && asked instanceof GuardedStore guard) {
                guard.chargeAnew(charge, deadlineNanos);
            } else {
                asked.charge(charge, deadlineNanos);
            }
        } catch (Throwable e) {
            if (Fatal.isFatal(e)) {
                releaseLeases(charge);
            }
            Fatal.rethrow(e);
            charge.fail(Outcome.PERHAPS_SENT, e);
            complains = true;
        }
        if (charge.isPartly() || charge.failedAside()) {
            complaints.about(Matter.PART, charge.cause());
        } else if (!charge.outcome().decided() && (complains || charge.failedAlone())) {
            complaints.about(Matter.STORE, charge.cause());
        }
        if (!charge.outcome().decided()) {
            releaseLeases(charge);
        }
        return charge.outcome().decided();
    }

    /* Design: the answer is charged while its place is still taken, or the next request could take the place and look at a
     * bucket that does not know of the answer yet. */
    boolean complete(Decision decision, int status) {
        try {
            return decision.isAdmitted() && decision.counts() && settle(decision, status);
        } finally {
            if (decision.holdsLeases()) {
                inFlight.decrement();
                releaseLeases(decision.charge());
            }
        }
    }

    private void releaseLeases(Charge charge) {
        releaseLeases(charge, true);
    }

    /**
     * Whatever one release throws, the others follow.
     *
     * @param named whether those too that have an id of the caller's, which he may have held before
     */
    private void releaseLeases(Charge charge, boolean named) {
        Throwable fatal = null;
        for (int i = 0; i < charge.size(); i++) {
            try {
                Lease lease = charge.item(i).lease();
                if (lease != null && (named || charge.item(i).leaseId() == null)) {
                    lease.release();
                }
            } catch (Throwable e) {
                if (Fatal.isFatal(e)) {
                    fatal = e;
                } else {
                    complaints.about(Matter.STORE, e);
                }
            }
        }
        if (fatal != null) {
            Fatal.rethrow(fatal);
        }
    }

    /* Design: what was looked at here is settled here, even if the store is back: there it would make a bucket of a share's
     * size. What the store was asked for and cannot be settled there is settled here, by the rules that are local. */
    private boolean settle(Decision decision, int status) {
        Charge looked = decision.charge();
        boolean changed = settleInStore(looked, status);
        return (local != null && settleHere(local, looked, status)) || changed;
    }

    private boolean settleInStore(Charge looked, int status) {
        Charge settlement = StoreSplit.settlement(looked, status, false);
        if (settlement.size() == 0) {
            return false;
        }
        boolean asked = ask(store, settlement);
        if (local != null && !isDecided(settlement)) {
            goOnHere(local, StoreSplit.undecided(settlement));
        }
        return asked && StoreSplit.update(looked, settlement);
    }

    private boolean settleHere(LocalShare share, Charge looked, int status) {
        Charge settlement = StoreSplit.settlement(looked, status, true);
        return settlement.size() > 0 && ask(share.memory(), settlement) && StoreSplit.update(looked, settlement);
    }

    /** Gives back a lease that has an id of the caller's, wherever it was taken. */
    void release(ItemKey key, String leaseId) {
        release(store, key, leaseId);
        if (local != null) {
            release(local.memory(), key, leaseId);
        }
    }

    private void release(RateLimitStore held, ItemKey key, String leaseId) {
        try {
            held.release(key, leaseId);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.STORE, e);
        }
    }

    void refill(ItemKey key) {
        refill(store, key);
        if (local != null) {
            refill(local.memory(), key);
        }
    }

    private void refill(RateLimitStore held, ItemKey key) {
        try {
            held.refill(key);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.STORE, e);
        }
    }

    /** How many decisions a store that did not answer has left to the rules' failure policies. */
    long degraded() {
        return degraded.sum();
    }

    long inFlight() {
        return inFlight.sum();
    }
}
