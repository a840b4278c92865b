// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.identity.RateLimitRequest;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Mode;
import dev.weir.plan.Per;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.ItemTemplate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers the charge of a request: which rules apply, whose profile counts, which quotas follow. Thread-safe. */
final class ChargePlanner {

    private static final int FIRST_ITEMS = 4;
    private static final Key UNKNOWN_ADDRESS = Key.of(Scope.IP, "unknown");

    private final List<Rule> rules;
    private final List<Scope> order;
    private final int ipv6Prefix;
    private final RatedProfile anonymous;
    private final @Nullable Costs costs;
    private final boolean onlyLooks;

    /** What the charge of a rule costs, where the application has its say. */
    interface Costs {
        long of(RateLimitRequest request, Rule rule);
    }

    ChargePlanner(List<Rule> rules, List<Scope> order, int ipv6Prefix, RatedProfile anonymous, @Nullable Costs costs) {
        this.rules = rules;
        this.order = order;
        this.ipv6Prefix = ipv6Prefix;
        this.anonymous = anonymous;
        this.costs = costs;
        this.onlyLooks = false;
    }

    private ChargePlanner(ChargePlanner taking) {
        this.rules = taking.rules;
        this.order = taking.order;
        this.ipv6Prefix = taking.ipv6Prefix;
        this.anonymous = taking.anonymous;
        this.costs = taking.costs;
        this.onlyLooks = true;
    }

    /** A planner whose charges take nothing. */
    ChargePlanner looking() {
        return new ChargePlanner(this);
    }

    /**
     * The rules of a configuration, as planner and compiler take them: behind them one that charges the requests that no
     * other counts, so that none goes uncounted by accident.
     */
    static List<Rule> withCatchAll(Configuration configuration) {
        List<Rule> all = new ArrayList<>(configuration.rules());
        all.add(Rule.named("catch-all")
                .rate(Tier.REQUESTS)
                .onFailure(configuration.onFailure())
                .build());
        return List.copyOf(all);
    }

    /* Design: many parameters in the next three methods where others would take an object, because that object would be
     * garbage at each request, as large as all that the decision of a simple rule consists of. */

    /**
     * The charge for a request. A rule applies if path and method match and all its parts are known; its mode comes after
     * that. A CORS preflight carries no credentials, so it counts for nobody but its address.
     *
     * @param request what is asked for the costs, and whether this is a preflight; null for neither
     */
    Charge plan(
            String method,
            String path,
            @Nullable RateLimitRequest request,
            Identity identity,
            RatedProfile ofTenant,
            RatedProfile ofUser) {
        Charge charge = new Charge(Math.min(rules.size(), FIRST_ITEMS));
        boolean preflight = isPreflight(method, request);
        boolean applied = preflight;
        int catchAll = rules.size() - 1;
        for (int i = 0; i < catchAll; i++) {
            Rule rule = rules.get(i);
            if ((!preflight || countsAnybody(rule)) && rule.matches(method, path)) {
                applied |= apply(i, charge, request, identity, ofTenant, ofUser);
            }
        }
        if (!applied) {
            apply(catchAll, charge, request, identity, ofTenant, ofUser);
        }
        return charge;
    }

    /** Whether a request passes under overload: a rule says so that applies to it, or it is a preflight, which costs little. */
    boolean isNeverShed(String method, String path, RateLimitRequest request, Identity identity) {
        if (isPreflight(method, request)) {
            return true;
        }
        for (int i = 0; i < rules.size(); i++) {
            Rule rule = rules.get(i);
            if (rule.neverShed() && rule.mode() != Mode.OFF && rule.matches(method, path) && applies(rule, identity)) {
                return true;
            }
        }
        return false;
    }

    private boolean applies(Rule rule, Identity identity) {
        return part(identity, rule.per()) != null && (rule.within() == null || part(identity, rule.within()) != null);
    }

    private static boolean isPreflight(String method, @Nullable RateLimitRequest request) {
        return method.equals("OPTIONS")
                && request != null
                && request.header("Origin") != null
                && request.header("Access-Control-Request-Method") != null;
    }

    private static boolean countsAnybody(Rule rule) {
        return rule.per() == Per.IP || rule.per() == Per.EVERYONE;
    }

    private boolean apply(
            int index,
            Charge charge,
            @Nullable RateLimitRequest request,
            Identity identity,
            RatedProfile ofTenant,
            RatedProfile ofUser) {
        Rule rule = rules.get(index);
        Key per = part(identity, rule.per());
        Key within = rule.within() == null ? null : part(identity, rule.within());
        if (per == null || (rule.within() != null && within == null)) {
            return false;
        }
        if (rule.mode() != Mode.OFF) {
            RatedProfile profile = switch (per.scope()) {
                case TENANT -> ofTenant;
                case USER -> ofUser;
                case IP, EVERYONE -> anonymous;
            };
            List<ItemTemplate> templates = profile.templates().get(index);
            long cost = costs == null || request == null || templates.isEmpty() ? rule.cost() : costs.of(request, rule);
            for (int i = 0; i < templates.size(); i++) {
                charge.add(template(templates.get(i), cost).item(within, per));
            }
        }
        return true;
    }

    private ItemTemplate template(ItemTemplate taking, long cost) {
        ItemTemplate template = taking.kind() == ItemKind.LEASE ? taking : taking.costing(cost);
        return onlyLooks ? looking(template) : template;
    }

    private static ItemTemplate looking(ItemTemplate template) {
        boolean shadow = template.action() == Action.WATCH || template.action() == Action.GLANCE;
        return template.as(shadow ? Action.GLANCE : Action.LOOK);
    }

    /** The names of all buckets and rolling logs that may count a caller, whatever he asks for. */
    List<ItemKey> keys(Identity identity) {
        List<ItemKey> keys = new ArrayList<>();
        for (Rule rule : rules) {
            Key per = part(identity, rule.per());
            Key within = rule.within() == null ? null : part(identity, rule.within());
            boolean known = rule.within() == null || within != null;
            if (!known || per == null || rule.per() == Per.EVERYONE) {
                continue;
            }
            if (per.scope() != Scope.IP || identity.addressOrNull() != null) {
                keys.add(new ItemKey(ItemKind.BUCKET, rule.name(), within, per));
                keys.add(new ItemKey(ItemKind.ROLLING, rule.name(), within, per));
            }
        }
        return keys;
    }

    /** The key of a part, or null if it is not known. */
    private @Nullable Key part(Identity identity, Per per) {
        return switch (per) {
            case IDENTITY -> primary(identity);
            case TENANT -> identity.tenantKey();
            case USER -> identity.userKey();
            case IP -> address(identity);
            case EVERYONE -> Key.EVERYONE;
        };
    }

    private Key primary(Identity identity) {
        for (int i = 0; i < order.size(); i++) {
            Key key = switch (order.get(i)) {
                case TENANT -> identity.tenantKey();
                case USER -> identity.userKey();
                case IP, EVERYONE -> address(identity);
            };
            if (key != null) {
                return key;
            }
        }
        return address(identity);
    }

    /** Made where it is asked for, because most rules count somebody else. */
    private Key address(Identity identity) {
        IpAddress address = identity.addressOrNull();
        return address == null ? UNKNOWN_ADDRESS : address.key(ipv6Prefix);
    }
}
