// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Mode;
import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ItemTemplate;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Works out, once for each profile, what its rules ask of the store. */
final class LimitCompiler {

    private static final int PROFILE_BITS = 32;
    private static final long MAX_VERSION = (1L << PROFILE_BITS) - 1;

    private final Plans plans;
    private final List<Rule> rules;
    private final long revision;
    private final Consumer<Limit> check;

    /**
     * Makes a compiler for a store.
     *
     * @param check throws an {@link IllegalArgumentException} for a limit that the store cannot hold
     */
    LimitCompiler(Plans plans, List<Rule> rules, long revision, Consumer<Limit> check) {
        this.plans = plans;
        this.rules = rules;
        this.revision = revision;
        this.check = check;
    }

    /**
     * Works a profile out.
     *
     * @throws IllegalArgumentException if its tier does not exist, or lacks a number that a rule names, or if the store
     *     cannot hold one of its limits
     */
    RatedProfile compile(Profile profile) {
        return new RatedProfile(profile, 0, templates(profile, 0), this);
    }

    /** What the rules ask of the store for a profile, under a version of its numbers. */
    List<List<ItemTemplate>> templates(Profile profile, long version) {
        Tier tier = plans.tier(profile);
        long limitVersion = revision << PROFILE_BITS | Math.min(version, MAX_VERSION);
        List<List<ItemTemplate>> templates = new ArrayList<>(rules.size());
        for (Rule rule : rules) {
            List<ItemTemplate> ofRule = AdmissionRules.isMissing(rule, profile, tier)
                    ? List.of()
                    : List.copyOf(templates(rule, profile, tier, limitVersion));
            if (rule.mode() != Mode.OFF) {
                ofRule.forEach(template -> check(template, tier));
            }
            templates.add(ofRule);
        }
        return List.copyOf(templates);
    }

    private void check(ItemTemplate template, Tier tier) {
        try {
            check.accept(template.limit());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "rule \"" + template.rule() + "\", tier \"" + tier.name() + "\": " + e.getMessage(), e);
        }
    }

    private List<ItemTemplate> templates(Rule rule, Profile profile, Tier tier, long profileVersion) {
        List<Quota> quotas = rule.rateName()
                .map(name -> named(profile.rates(), tier.rates(), name, tier))
                .or(rule::quotas)
                .orElse(List.of());
        long version = rule.rateName().isPresent() ? profileVersion : revision << PROFILE_BITS;
        Action action = action(rule);
        List<ItemTemplate> templates = new ArrayList<>();
        int rates = 0;
        for (Limit limit : limits(quotas, version)) {
            templates.add(template(action, rule, limit, rule.cost(), rates));
            rates += limit.size();
        }
        LeaseLimit lease = lease(rule, profile, tier, profileVersion);
        if (lease != null && rule.mode() != Mode.SHADOW) {
            templates.add(template(Action.TAKE, rule, lease, 1, 0));
        }
        return templates;
    }

    private static ItemTemplate template(Action action, Rule rule, Limit limit, long cost, int ratesBefore) {
        return new ItemTemplate(action, limit, rule.name(), cost).tagged(new ItemTag(rule, limit, ratesBefore));
    }

    /** A rule that counts answers only looks while the request comes. */
    private static Action action(Rule rule) {
        boolean looks = !rule.count().isEmpty();
        if (rule.mode() == Mode.SHADOW) {
            return looks ? Action.GLANCE : Action.WATCH;
        }
        return looks ? Action.LOOK : Action.TAKE;
    }

    private @Nullable LeaseLimit lease(Rule rule, Profile profile, Tier tier, long version) {
        if (rule.concurrentName().isPresent()) {
            String name = rule.concurrentName().get();
            return new LeaseLimit(named(profile.concurrent(), tier.concurrent(), name, tier), version);
        }
        return rule.concurrent() > 0 ? new LeaseLimit(rule.concurrent(), revision << PROFILE_BITS) : null;
    }

    private static <V> V named(Map<String, V> own, Map<String, V> ofTier, String name, Tier tier) {
        V number = own.getOrDefault(name, ofTier.get(name));
        if (number == null) {
            throw new IllegalArgumentException("tier \"" + tier.name() + "\" has no \"" + name + "\"");
        }
        return number;
    }

    /** The limits that quotas mean: one bucket for all that refill evenly, one log for all that roll. */
    static List<Limit> limits(List<Quota> quotas, long version) {
        List<Rate> even = new ArrayList<>();
        List<Rate> rolling = new ArrayList<>();
        for (Quota quota : quotas) {
            Rate rate = new Rate(quota.amount(), quota.period().toNanos(), quota.capacity());
            (quota.rolling() ? rolling : even).add(rate);
        }
        List<Limit> limits = new ArrayList<>(2);
        if (!even.isEmpty()) {
            limits.add(new BucketLimit(even, version));
        }
        if (!rolling.isEmpty()) {
            limits.add(new RollingLimit(rolling, version));
        }
        return limits;
    }
}
