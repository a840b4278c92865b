// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import dev.weir.store.BucketLimit;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Works out, once for each profile, what numbers its rules mean. */
final class LimitCompiler {

    private static final int PROFILE_BITS = 32;

    private final Plans plans;
    private final List<Rule> rules;
    private final long revision;

    LimitCompiler(Plans plans, List<Rule> rules, long revision) {
        this.plans = plans;
        this.rules = rules;
        this.revision = revision;
    }

    /**
     * Works out the numbers of a profile.
     *
     * @throws IllegalArgumentException if its tier does not exist, or lacks a number that a rule names
     */
    RatedProfile compile(Profile profile) {
        Tier tier = plans.tier(profile);
        List<RuleLimits> limits = new ArrayList<>(rules.size());
        for (Rule rule : rules) {
            limits.add(limits(rule, profile, tier));
        }
        return new RatedProfile(profile, List.copyOf(limits));
    }

    private RuleLimits limits(Rule rule, Profile profile, Tier tier) {
        List<Quota> quotas = rule.rateName()
                .map(name -> named(profile.rates(), tier.rates(), name, tier))
                .or(rule::quotas)
                .orElse(List.of());
        long version = rule.rateName().isPresent() ? version(profile) : revision << PROFILE_BITS;
        LeaseLimit lease = null;
        if (rule.concurrentName().isPresent()) {
            long max = named(
                    profile.concurrent(),
                    tier.concurrent(),
                    rule.concurrentName().get(),
                    tier);
            lease = new LeaseLimit(max, version(profile));
        } else if (rule.concurrent() > 0) {
            lease = new LeaseLimit(rule.concurrent(), revision << PROFILE_BITS);
        }
        return limits(quotas, version, lease);
    }

    private long version(Profile profile) {
        return revision << PROFILE_BITS | profile.version();
    }

    private static <V> V named(Map<String, V> own, Map<String, V> ofTier, String name, Tier tier) {
        V number = own.getOrDefault(name, ofTier.get(name));
        if (number == null) {
            throw new IllegalArgumentException("tier \"" + tier.name() + "\" has no \"" + name + "\"");
        }
        return number;
    }

    static RuleLimits limits(List<Quota> quotas, long version, @Nullable LeaseLimit lease) {
        List<Rate> even = new ArrayList<>();
        List<Rate> rolling = new ArrayList<>();
        for (Quota quota : quotas) {
            Rate rate = new Rate(quota.amount(), quota.period().toNanos(), quota.capacity());
            (quota.rolling() ? rolling : even).add(rate);
        }
        return new RuleLimits(
                even.isEmpty() ? null : new BucketLimit(even, version),
                rolling.isEmpty() ? null : new RollingLimit(rolling, version),
                lease);
    }
}
