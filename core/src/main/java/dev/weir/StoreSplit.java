// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Verdict;
import org.jspecify.annotations.Nullable;

/** What of a charge its store has decided and what it has not, and how that looks together with what was decided here. */
final class StoreSplit {

    private StoreSplit() {}

    /** The items about which the rules' failure policies decide: those that were not reached, or all if the store failed. */
    static Charge undecided(Charge charge) {
        if (!charge.isPartly()) {
            return charge;
        }
        Charge left = new Charge(charge.size());
        for (int i = 0; i < charge.size(); i++) {
            if (charge.item(i).verdict() == Verdict.UNDECIDED) {
                left.add(charge.item(i));
            }
        }
        return left;
    }

    static boolean anyClosed(Charge undecided) {
        for (int i = 0; i < undecided.size(); i++) {
            ChargeItem item = undecided.item(i);
            Rule rule = ItemTag.ruleOf(item);
            if (rule != null && rule.onFailure() == FailurePolicy.CLOSED && !item.isShadow()) {
                return true;
            }
        }
        return false;
    }

    /**
     * What was decided in both places, in the order of the file, with the outcome of what was decided here.
     *
     * @param there what a store has decided in part
     * @param here some of its other items, in the same order, decided; or null if none is
     */
    static Charge merge(Charge there, @Nullable Charge here) {
        Charge both = new Charge(there.size());
        int next = 0;
        for (int i = 0; i < there.size(); i++) {
            ChargeItem item = there.item(i);
            if (item.verdict() != Verdict.UNDECIDED) {
                both.add(item);
            } else if (here != null && next < here.size() && here.item(next).equals(item)) {
                both.add(here.item(next++));
            }
        }
        both.decide(here == null ? there.outcome() : here.outcome());
        return both;
    }

    /** Says of what was taken and given back that nothing is known: its numbers are those of before. */
    static void withdraw(Charge there) {
        for (int i = 0; i < there.size(); i++) {
            if (there.item(i).action() == Action.TAKE) {
                there.item(i).verdict(Verdict.UNDECIDED);
            }
        }
    }

    /**
     * What is to be settled after an answer. Shadow rules settle by what they alone could take, so that they stand where they
     * would if they refused.
     *
     * @param inShares whether of what was looked at in this instance's shares, or else of what the store has looked at
     */
    static Charge settlement(Charge looked, int status, boolean inShares) {
        Charge settlement = new Charge(looked.size());
        for (int i = 0; i < looked.size(); i++) {
            ChargeItem item = looked.item(i);
            Rule rule = ItemTag.ruleOf(item);
            boolean wasLook = item.action() == Action.LOOK || item.action() == Action.GLANCE;
            if (wasLook && rule != null && rule.count().contains(status) && ItemTag.isShare(item) == inShares) {
                settlement.add(item.as(item.isShadow() ? Action.WATCH : Action.SETTLE));
            }
        }
        return settlement;
    }

    /** Takes over what is left after a settlement, and answers whether anything was settled. */
    static boolean update(Charge looked, Charge settlement) {
        boolean changed = false;
        int settled = 0;
        for (int i = 0; i < looked.size() && settled < settlement.size(); i++) {
            ChargeItem item = settlement.item(settled);
            if (looked.item(i).equals(item)) {
                settled++;
                if (item.verdict() != Verdict.UNDECIDED) {
                    looked.item(i).updateFrom(item);
                    changed = true;
                }
            }
        }
        return changed;
    }
}
