// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Mode;
import dev.weir.plan.Per;
import dev.weir.plan.Rule;
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

    static final String CATCH_ALL = "catch-all";
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

    /** What a rule's charge costs. */
    interface Costs {
        long of(Rule rule);
    }

    /** What is asked of the store, and whether a rule is to be settled after the answer. */
    record Plan(Charge charge, boolean counts) {}

    /** A caller with the profiles that count for him. */
    record Caller(Identity identity, Key address, RatedProfile ofTenant, RatedProfile ofUser) {}

    Caller caller(Identity identity, RatedProfile ofTenant, RatedProfile ofUser) {
        IpAddress address = identity.addressOrNull();
        return new Caller(identity, address == null ? UNKNOWN_ADDRESS : address.key(ipv6Prefix), ofTenant, ofUser);
    }

    /**
     * Plans a charge.
     *
     * @param onlyLook whether nothing is to be taken
     */
    Plan plan(Caller caller, String method, String path, boolean preflight, Costs costs, boolean onlyLook) {
        Charge charge = new Charge(rules.size() + 1);
        boolean applied = false;
        boolean counts = false;
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (!rule.matches(method, path)) {
                continue;
            }
            Key per = part(caller, rule.per());
            Key within = rule.within() == null ? null : part(caller, rule.within());
            if (per == null || (rule.within() != null && within == null)) {
                continue;
            }
            applied = true;
            boolean anybody = per.scope() == Scope.IP || per.scope() == Scope.EVERYONE;
            if (rule.mode() != Mode.OFF && (anybody || !preflight)) {
                RuleLimits limits = profile(caller, per.scope()).limits().get(i);
                add(charge, rule, limits, within, per, costs, onlyLook);
                counts |= !rule.count().isEmpty();
            }
        }
        if (!applied && !preflight) {
            addCatchAll(charge, caller, onlyLook);
        }
        return new Plan(charge, counts);
    }

    private static void add(
            Charge charge, Rule rule, RuleLimits limits, @Nullable Key within, Key per, Costs costs, boolean onlyLook) {
        boolean shadow = rule.mode() == Mode.SHADOW;
        boolean look = onlyLook || !rule.count().isEmpty();
        Action action = shadow ? (look ? Action.GLANCE : Action.WATCH) : look ? Action.LOOK : Action.TAKE;
        if (limits.bucket() != null || limits.rolling() != null) {
            long cost = costs.of(rule);
            if (limits.bucket() != null) {
                charge.add(new ChargeItem(action, limits.bucket(), rule.name(), within, per, cost));
            }
            if (limits.rolling() != null) {
                charge.add(new ChargeItem(action, limits.rolling(), rule.name(), within, per, cost));
            }
        }
        if (limits.lease() != null && !shadow) {
            Action hold = onlyLook ? Action.LOOK : Action.TAKE;
            charge.add(new ChargeItem(hold, limits.lease(), rule.name(), within, per, 1));
        }
    }

    private void addCatchAll(Charge charge, Caller caller, boolean onlyLook) {
        Key per = primary(caller);
        RuleLimits limits = profile(caller, per.scope()).limits().get(rules.size());
        Action action = onlyLook ? Action.LOOK : Action.TAKE;
        if (limits.bucket() != null) {
            charge.add(new ChargeItem(action, limits.bucket(), CATCH_ALL, null, per, 1));
        }
        if (limits.rolling() != null) {
            charge.add(new ChargeItem(action, limits.rolling(), CATCH_ALL, null, per, 1));
        }
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
        Key primary = primary(caller);
        if (withAddress || primary.scope() != Scope.IP) {
            keys.add(new ItemKey(ItemKind.BUCKET, CATCH_ALL, null, primary));
            keys.add(new ItemKey(ItemKind.ROLLING, CATCH_ALL, null, primary));
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
