// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.RateState;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Scope;
import dev.weir.plan.Per;
import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import dev.weir.plan.Rule;
import dev.weir.store.StoreSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Tells where each caller stands, as values for JSON, and takes nothing from him. Thread-safe. */
final class Standings {

    /** The address that the callers of a local page have. */
    static final String ADDRESS = "127.0.0.1";

    private final RateLimiter limiter;

    Standings(RateLimiter limiter) {
        this.limiter = limiter;
    }

    /** {@return where all callers stand now} */
    Map<String, Object> now() {
        List<Object> callers = new ArrayList<>();
        for (Caller caller : Caller.ALL) {
            callers.add(standing(caller.name(), caller.identity(ADDRESS), "GET", "/api/hello"));
        }
        Identity anonymous = Identity.of(null, null, ADDRESS);
        callers.add(standing("", anonymous, "GET", "/api/hello"));
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("configuration", limiter.configuration().source());
        state.put("store", store(limiter.configuration().store()));
        state.put("inFlight", limiter.inFlight());
        state.put("callers", callers);
        state.put("logins", rates(limiter.peek(anonymous, "POST", "/login"), anonymous, true));
        return state;
    }

    /** {@return where the limits are kept, in words} */
    static String store(StoreSettings store) {
        String uri = store.options().get("uri");
        return store.type() + (uri == null ? "" : " at " + uri);
    }

    private Map<String, Object> standing(String name, Identity identity, String method, String path) {
        Profile profile = primary(identity);
        Decision decision = limiter.peek(identity, method, path);
        Map<String, Object> standing = new LinkedHashMap<>();
        standing.put("name", name);
        standing.put("tenant", identity.tenant().orElse(""));
        standing.put("tier", profile.tier());
        standing.put("adjusted", !profile.rates().isEmpty());
        standing.put("userTier", ofUser(identity).map(Profile::tier).orElse(""));
        standing.put("blocked", decision.status() == Decision.Status.BLOCKED);
        standing.put("rates", rates(decision, identity, false));
        return standing;
    }

    private List<Object> rates(Decision decision, Identity identity, boolean countingAnswers) {
        List<Object> rates = new ArrayList<>();
        for (RateState state : decision.rates()) {
            Optional<Rule> rule = limiter.configuration().rules().stream()
                    .filter(any -> any.name().equals(state.rule()))
                    .findFirst();
            if (countingAnswers && rule.map(any -> any.count().isEmpty()).orElse(true)) {
                continue;
            }
            Map<String, Object> rate = new LinkedHashMap<>();
            rate.put("policy", state.policy());
            rate.put("of", rule.map(any -> whose(any, identity)).orElse(""));
            rate.put("limit", state.limit());
            rate.put("remaining", state.remaining());
            rate.put("resetMs", state.reset().toMillis());
            rates.add(rate);
        }
        return rates;
    }

    /** Whose bucket a rule takes from. */
    private String whose(Rule rule, Identity identity) {
        String whose = part(rule.per(), identity);
        Per within = rule.within();
        return within == null ? whose : whose + ", " + part(within, identity);
    }

    private String part(Per per, Identity identity) {
        return switch (per) {
            case IDENTITY -> part(primaryScope(identity), identity);
            case TENANT -> part(Scope.TENANT, identity);
            case USER -> part(Scope.USER, identity);
            case IP -> part(Scope.IP, identity);
            case EVERYONE -> "everyone";
        };
    }

    private static String part(Scope scope, Identity identity) {
        return switch (scope) {
            case TENANT -> identity.tenant().orElse("");
            case USER -> identity.user().orElse("");
            case IP -> ADDRESS;
            case EVERYONE -> "everyone";
        };
    }

    private Scope primaryScope(Identity identity) {
        return limiter.configuration().identity().order().stream()
                .filter(scope -> isKnown(scope, identity))
                .findFirst()
                .orElse(Scope.IP);
    }

    private static boolean isKnown(Scope scope, Identity identity) {
        return switch (scope) {
            case TENANT -> identity.tenant().isPresent();
            case USER -> identity.user().isPresent();
            case IP, EVERYONE -> true;
        };
    }

    /** {@return the profile whose numbers the rules per identity take for a caller} */
    Profile primary(Identity identity) {
        Plans plans = plans();
        return switch (primaryScope(identity)) {
            case TENANT -> ofTenant(identity).orElse(plans.standard());
            case USER -> ofUser(identity).orElse(plans.standard());
            case IP, EVERYONE -> plans.anonymous();
        };
    }

    private Optional<Profile> ofTenant(Identity identity) {
        return identity.tenant()
                .flatMap(tenant -> limiter.profiles()
                        .find(Identity.of(tenant, null))
                        .or(() -> Optional.ofNullable(plans().tenants().get(tenant))));
    }

    /** What was set at run time goes before the configuration. */
    private Optional<Profile> ofUser(Identity identity) {
        return identity.user()
                .flatMap(user -> limiter.profiles()
                        .find(Identity.of(identity.tenant().orElse(null), user))
                        .or(() -> limiter.profiles().find(Identity.of(null, user)))
                        .or(() -> plans().ofUser(identity.tenant(), user)));
    }

    private Plans plans() {
        Configuration configuration = limiter.configuration();
        return configuration.plans();
    }
}
