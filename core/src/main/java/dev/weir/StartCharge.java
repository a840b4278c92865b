// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.Decision.Status;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.UserProfile;
import dev.weir.key.Key;
import dev.weir.plan.Quota;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.ItemTemplate;
import dev.weir.store.Outcome;
import dev.weir.store.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What one start asks of the store, and what became of it. Not thread-safe. */
final class StartCharge {

    private final List<List<ItemTemplate>> templates;
    private final @Nullable Key within;
    private final Key per;
    private final String id;
    private @Nullable Decision decision;
    private boolean logIsFull;

    /**
     * Makes it.
     *
     * @param templates those of the rules of admission, in their order
     * @param id of the service, or empty to look at no certain one
     */
    StartCharge(List<List<ItemTemplate>> templates, @Nullable Key within, Key per, String id) {
        this.templates = templates;
        this.within = within;
        this.per = per;
        this.id = id;
    }

    void look(StoreGate gate) {
        decision = gate.look(charge(Action.LOOK, true));
    }

    /* Design: the log must not refuse, but be taken all or nothing with the others, for which no action is made. It refuses
     * only a caller who has thousands of starts in it; he is charged once more without it. */
    void take(StoreGate gate) {
        Decision first = gate.charge(charge(Action.TAKE, true));
        logIsFull = first.status() == Status.REFUSED && refusesOnlyTheLog(first.charge());
        decision = logIsFull ? gate.charge(charge(Action.TAKE, false)) : first;
    }

    private Charge charge(Action action, boolean withLog) {
        Charge charge = new Charge(templates.size());
        for (List<ItemTemplate> ofRule : templates) {
            for (ItemTemplate template : ofRule) {
                if (withLog || !template.rule().equals(AdmissionRules.LOG)) {
                    charge.add(item(template.as(action)));
                }
            }
        }
        return charge;
    }

    private ChargeItem item(ItemTemplate template) {
        return template.kind() == ItemKind.LEASE && !id.isEmpty()
                ? template.namedItem(within, per, id)
                : template.item(within, per);
    }

    private static boolean refusesOnlyTheLog(Charge charge) {
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.verdict().refuses() && !item.rule().equals(AdmissionRules.LOG)) {
                return false;
            }
        }
        return true;
    }

    /** Why the store, or what the profile has none of, refuses; null if neither does. */
    @Nullable StartAnswer refusal(UserProfile profile) {
        Decision found = requireNonNull(decision);
        if (found.status() == Status.UNAVAILABLE) {
            return StartWords.unavailable();
        }
        ChargeItem tooFast = refused(AdmissionRules.START_RATE);
        if (tooFast != null) {
            return StartWords.tooFast(tooFast);
        }
        if (profile.concurrentServices() == 0) {
            return StartWords.tooManyAtOnce(0, 0);
        }
        ChargeItem atOnce = refused(AdmissionRules.SERVICES);
        if (atOnce != null) {
            long max = atOnce.inForce().capacity(0);
            return StartWords.tooManyAtOnce(max - atOnce.available(0), max);
        }
        ChargeItem inTheHour = refused(AdmissionRules.STARTS);
        if (inTheHour != null) {
            return StartWords.tooManyInTheHour(inTheHour);
        }
        return profile.mayStart() ? null : StartWords.noneInTheHour();
    }

    private @Nullable ChargeItem refused(String rule) {
        Charge charge = requireNonNull(decision).charge();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.rule().equals(rule) && item.verdict().refuses()) {
                return item;
            }
        }
        return null;
    }

    boolean isDegraded() {
        return decision != null && decision.isDegraded();
    }

    /** How many starts there were within the time of a rapid restart, the one that was charged included. */
    long recentStarts() {
        return logged(AdmissionRules.RAPID);
    }

    long startsInTheLastHour() {
        return logged(AdmissionRules.HOUR);
    }

    private long logged(int rate) {
        ChargeItem log = item(AdmissionRules.LOG);
        if (logIsFull) {
            return Quota.MAX_ROLLING;
        }
        return log == null ? 0 : log.inForce().amount(rate) - log.available(rate);
    }

    /** How many leases are held, as far as the store can tell. */
    long held() {
        ChargeItem services = item(AdmissionRules.SERVICES);
        return services == null ? 0 : services.inForce().capacity(0) - services.available(0);
    }

    /** The item of a rule, or null if the store has said nothing of it. */
    private @Nullable ChargeItem item(String rule) {
        Charge charge = requireNonNull(decision).charge();
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            boolean known = charge.outcome() != Outcome.NOT_SENT && item.verdict() != Verdict.UNDECIDED;
            if (known && item.rule().equals(rule)) {
                return item;
            }
        }
        return null;
    }
}
