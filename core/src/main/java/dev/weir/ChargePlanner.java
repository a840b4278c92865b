// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Mode;
import dev.weir.plan.Per;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers the charge of a request: which rules apply, whose profile counts, which quotas follow. Thread-safe. */
final class ChargePlanner {

    /** Charges the requests that no other rule counts, so that none goes uncounted by accident. */
    private static final Rule CATCH_ALL =
            Rule.named("catch-all").rate(Tier.REQUESTS).build();

    private static final Key UNKNOWN_ADDRESS = Key.of(Scope.IP, "unknown");

    private final List<Rule> rules;
    private final List<Scope> order;
    private final int ipv6Prefix;
    private final RatedProfile anonymous;

    ChargePlanner(List<Rule> rules, List<Scope> order, int ipv6Prefix, RatedProfile anonymous) {
        this.rules = rules;
        this.order = order;
        this.ipv6Prefix = ipv6Prefix;
        this.anonymous = anonymous;
    }

    /** The rules of a configuration with the catch-all behind them, as planner and compiler take them. */
    static List<Rule> withCatchAll(List<Rule> configured) {
        List<Rule> all = new ArrayList<>(configured);
        all.add(CATCH_ALL);
        return List.copyOf(all);
    }

    /** What a rule's charge costs. */
    interface Costs {
        long of(Rule rule);
    }

    /** What is asked of the store, and whether a rule is to be settled after the answer. */
    record Plan(Charge charge, boolean counts) {}

    /** A caller with the profiles that count for him. */
    record Caller(Identity identity, Key address, RatedProfile ofTenant, RatedProfile ofUser) {}

    /**
     * What the caller wants.
     *
     * @param preflight whether this is a CORS preflight, which counts for nobody but its address
     * @param onlyLook whether nothing is to be taken
     */
    record Wish(String method, String path, boolean preflight, boolean onlyLook) {}

    Caller caller(Identity identity, RatedProfile ofTenant, RatedProfile ofUser) {
        IpAddress address = identity.addressOrNull();
        return new Caller(identity, address == null ? UNKNOWN_ADDRESS : address.key(ipv6Prefix), ofTenant, ofUser);
    }

    Plan plan(Caller caller, Wish wish, Costs costs) {
        Draft draft = new Draft(caller, wish, costs);
        int catchAll = rules.size() - 1;
        for (int i = 0; i < catchAll; i++) {
            draft.consider(i);
        }
        if (!draft.applied && !wish.preflight()) {
            draft.consider(catchAll);
        }
        return new Plan(draft.charge, draft.counts);
    }

    /** A charge while it is put together. */
    private final class Draft {
        private final Caller caller;
        private final Wish wish;
        private final Costs costs;
        private final Charge charge = new Charge(rules.size());
        private boolean applied;
        private boolean counts;

        Draft(Caller caller, Wish wish, Costs costs) {
            this.caller = caller;
            this.wish = wish;
            this.costs = costs;
        }

        /** A rule applies if path and method match and all its parts are known; its mode comes after that. */
        void consider(int index) {
            Rule rule = rules.get(index);
            if (!rule.matches(wish.method(), wish.path())) {
                return;
            }
            Key per = part(caller, rule.per());
            Key within = rule.within() == null ? null : part(caller, rule.within());
            if (per == null || (rule.within() != null && within == null)) {
                return;
            }
            applied = true;
            boolean anybody = rule.per() == Per.IP || rule.per() == Per.EVERYONE;
            if (rule.mode() != Mode.OFF && (anybody || !wish.preflight())) {
                RuleLimits limits = profile(caller, per.scope()).limits().get(index);
                add(rule, limits, within, per);
                counts |= !rule.count().isEmpty();
            }
        }

        private void add(Rule rule, RuleLimits limits, @Nullable Key within, Key per) {
            if (limits.bucket() != null || limits.rolling() != null) {
                Action action = action(rule, wish.onlyLook());
                long cost = costs.of(rule);
                if (limits.bucket() != null) {
                    charge.add(new ChargeItem(action, limits.bucket(), rule.name(), within, per, cost));
                }
                if (limits.rolling() != null) {
                    charge.add(new ChargeItem(action, limits.rolling(), rule.name(), within, per, cost));
                }
            }
            if (limits.lease() != null && rule.mode() != Mode.SHADOW) {
                Action hold = wish.onlyLook() ? Action.LOOK : Action.TAKE;
                charge.add(new ChargeItem(hold, limits.lease(), rule.name(), within, per, 1));
            }
        }
    }

    /** A rule that counts answers only looks while the request comes. */
    private static Action action(Rule rule, boolean onlyLook) {
        boolean looks = onlyLook || !rule.count().isEmpty();
        if (rule.mode() == Mode.SHADOW) {
            return looks ? Action.GLANCE : Action.WATCH;
        }
        return looks ? Action.LOOK : Action.TAKE;
    }

    /** The names of all buckets and rolling logs that may count a caller, whatever he asks for. */
    List<ItemKey> keys(Caller caller, boolean withAddress) {
        List<ItemKey> keys = new ArrayList<>();
        for (Rule rule : rules) {
            Key per = part(caller, rule.per());
            Key within = rule.within() == null ? null : part(caller, rule.within());
            boolean known = rule.within() == null || within != null;
            if (known && per != null && rule.per() != Per.EVERYONE && (withAddress || per.scope() != Scope.IP)) {
                keys.add(new ItemKey(ItemKind.BUCKET, rule.name(), within, per));
                keys.add(new ItemKey(ItemKind.ROLLING, rule.name(), within, per));
            }
        }
        return keys;
    }

    /** The key of a part, or null if it is not known. */
    @Nullable Key part(Caller caller, Per per) {
        return switch (per) {
            case IDENTITY -> primary(caller);
            case TENANT -> caller.identity().tenantKey();
            case USER -> caller.identity().userKey();
            case IP -> caller.address();
            case EVERYONE -> Key.EVERYONE;
        };
    }

    private Key primary(Caller caller) {
        for (int i = 0; i < order.size(); i++) {
            Key key = switch (order.get(i)) {
                case TENANT -> caller.identity().tenantKey();
                case USER -> caller.identity().userKey();
                case IP, EVERYONE -> caller.address();
            };
            if (key != null) {
                return key;
            }
        }
        return caller.address();
    }

    private RatedProfile profile(Caller caller, Scope scope) {
        return switch (scope) {
            case TENANT -> caller.ofTenant();
            case USER -> caller.ofUser();
            case IP, EVERYONE -> anonymous;
        };
    }
}
