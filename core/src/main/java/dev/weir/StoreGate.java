// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.Complaints.Matter;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * The way to the store and back: charges, releases, settles, and decides by the rules' failure policy what a store that
 * does not answer means. Thread-safe.
 */
final class StoreGate {

    private final RateLimitStore store;
    private final long deadlineNanos;
    private final Complaints complaints;
    private final LongAdder inFlight = new LongAdder();

    StoreGate(RateLimitStore store, Duration deadline, Complaints complaints) {
        this.store = store;
        this.deadlineNanos = deadline.toNanos();
        this.complaints = complaints;
    }

    Decision charge(Charge charge) {
        if (!ask(charge)) {
            return Decision.degraded(!anyClosed(charge));
        }
        try {
            Decision decision = Decision.of(charge);
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

    Decision look(Charge charge) {
        return ask(charge) ? Decision.of(charge) : Decision.degraded(!anyClosed(charge));
    }

    /** Answers whether the store decided. A store must not throw; one that does has perhaps taken something. */
    private boolean ask(Charge charge) {
        if (charge.size() == 0) {
            charge.decide(Outcome.ADMITTED);
            return true;
        }
        try {
            store.charge(charge, deadlineNanos);
        } catch (Throwable e) {
            if (Fatal.isFatal(e)) {
                releaseLeases(charge);
            }
            Fatal.rethrow(e);
            charge.fail(Outcome.PERHAPS_SENT, e);
        }
        if (charge.outcome().decided()) {
            return true;
        }
        releaseLeases(charge);
        complaints.about(Matter.STORE, charge.cause());
        return false;
    }

    private boolean anyClosed(Charge charge) {
        for (int i = 0; i < charge.size(); i++) {
            Rule rule = ItemTag.ruleOf(charge.item(i));
            if (rule != null
                    && rule.onFailure() == FailurePolicy.CLOSED
                    && !charge.item(i).isShadow()) {
                return true;
            }
        }
        return false;
    }

    /* Design: the answer is charged while its place is still taken, or the next request could take the place and look at a
     * bucket that does not know of the answer yet. */
    boolean complete(Decision decision, int status) {
        try {
            return decision.isAdmitted() && decision.counts() && settle(decision.charge(), status);
        } finally {
            if (decision.holdsLeases()) {
                inFlight.decrement();
                releaseLeases(decision.charge());
            }
        }
    }

    /** Whatever one release throws, the others follow. */
    private void releaseLeases(Charge charge) {
        Throwable fatal = null;
        for (int i = 0; i < charge.size(); i++) {
            try {
                Lease lease = charge.item(i).lease();
                if (lease != null) {
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

    /** Shadow rules settle by what they alone could take, so that they stand where they would if they refused. */
    private boolean settle(Charge looked, int status) {
        Charge settlement = new Charge(looked.size());
        for (int i = 0; i < looked.size(); i++) {
            ChargeItem item = looked.item(i);
            Rule rule = ItemTag.ruleOf(item);
            boolean wasLook = item.action() == Action.LOOK || item.action() == Action.GLANCE;
            if (wasLook && rule != null && rule.count().contains(status)) {
                settlement.add(item.as(item.isShadow() ? Action.WATCH : Action.SETTLE));
            }
        }
        if (settlement.size() == 0 || !ask(settlement)) {
            return false;
        }
        int settled = 0;
        for (int i = 0; i < looked.size() && settled < settlement.size(); i++) {
            if (looked.item(i).equals(settlement.item(settled))) {
                looked.item(i).updateFrom(settlement.item(settled++));
            }
        }
        return true;
    }

    void refill(ItemKey key) {
        try {
            store.refill(key);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.STORE, e);
        }
    }

    long inFlight() {
        return inFlight.sum();
    }
}
