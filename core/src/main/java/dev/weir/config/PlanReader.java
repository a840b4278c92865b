// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Node.MapNode;
import dev.weir.config.Node.TextNode;
import dev.weir.plan.Plans;
import dev.weir.plan.PortRange;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads the sections {@code tiers} and {@code profiles}, and checks that the rules' numbers are there. */
final class PlanReader {

    private static final long MAX_NUMBER = 1_000_000_000;
    private static final int ENOUGH_FAULTS = 10_000;

    private final Section tierSection;
    private final Section profileSection;
    private boolean checkNames = true;
    private final Map<String, Tier> tiers = new LinkedHashMap<>();
    private final Set<String> usedTiers = new TreeSet<>();
    private final Set<String> rateNames = new TreeSet<>(Set.of(Tier.REQUESTS, "service-starts"));
    private final Set<String> concurrentNames = new TreeSet<>(Set.of(Tier.REQUESTS, "services"));
    private final Set<String> grantNames = Set.of("memory-mb", "cpu-percent");
    private final List<OwnRate> ownRates = new ArrayList<>();

    /** A rate of a profile's own, and the section that it stands in. */
    private record OwnRate(Section section, String name, List<Quota> quotas) {}

    PlanReader(Section tierSection, Section profileSection) {
        this.tierSection = tierSection;
        this.profileSection = profileSection;
    }

    /**
     * Reads both sections.
     *
     * @param rules the rules that could be read
     * @param allRules whether these are all; if not, a name that seems unused may be used by one with a fault
     */
    Plans read(List<Rule> rules, boolean allRules) {
        checkNames = allRules;
        for (Rule rule : rules) {
            rule.rateName().ifPresent(rateNames::add);
            rule.concurrentName().ifPresent(concurrentNames::add);
        }
        readTiers();
        Plans plans = readProfiles();
        for (Rule rule : rules) {
            // Every rule against every profile can be millions; who has that many faults looks at the first ones.
            if (tierSection.faults().count() < ENOUGH_FAULTS) {
                rule.rateName().ifPresent(name -> checkRate(rule, name));
                rule.concurrentName().ifPresent(name -> checkConcurrent(rule, name));
            }
        }
        if (rules.stream().noneMatch(rule -> rule.rateName().equals(Optional.of(Tier.REQUESTS)))) {
            checkCatchAll();
        }
        return plans;
    }

    private void readTiers() {
        Tier.builtIn().forEach(tier -> tiers.put(tier.name(), tier));
        try (tierSection) {
            for (String name : tierSection.names()) {
                try (Section section = tierSection.section(name)) {
                    tiers.put(
                            name,
                            new Tier(
                                    name,
                                    (int) section.integer("priority", 0, 1000, 0),
                                    rates(section),
                                    numbers(section, "concurrent", concurrentNames),
                                    numbers(section, "grants", grantNames)));
                }
            }
        }
    }

    private Map<String, List<Quota>> rates(Section parent) {
        Map<String, List<Quota>> rates = new HashMap<>();
        try (Section section = parent.section("rates")) {
            for (String name : section.names()) {
                checkName(section, name, rateNames);
                List<Quota> quotas = QuotaReader.list(section, name);
                // One with a fault stands there all the same, or rules would miss it.
                rates.put(name, quotas == null ? List.of() : quotas);
            }
        }
        return rates;
    }

    private Map<String, Long> numbers(Section parent, String key, Set<String> known) {
        Map<String, Long> numbers = new HashMap<>();
        try (Section section = parent.section(key)) {
            for (String name : section.names()) {
                checkName(section, name, known);
                numbers.put(name, section.integer(name, 1, MAX_NUMBER, 1));
            }
        }
        return numbers;
    }

    private void checkName(Section section, String name, Collection<String> known) {
        if (checkNames && !known.contains(name)) {
            section.fault(
                    name, () -> "no rule and no service admission uses this name; " + Faults.suggest(name, known));
        }
    }

    private Plans readProfiles() {
        try (Section section = profileSection) {
            Profile standard = Profile.ofTier(knownTier(section, "default", "free"));
            Profile anonymous = Profile.ofTier(knownTier(section, "anonymous", "anonymous"));
            Map<String, Profile> tenants = new HashMap<>();
            Map<String, Profile> users = new HashMap<>();
            Map<String, Map<String, Profile>> usersByTenant = new HashMap<>();
            try (Section listed = section.section("tenants")) {
                listed.names().forEach(name -> tenants.put(name, profile(listed.section(name), standard)));
            }
            try (Section listed = section.section("users")) {
                for (String name : listed.names()) {
                    Profile profile = profile(listed.section(name), standard);
                    int slash = name.indexOf('/');
                    if (slash < 0) {
                        users.put(name, profile);
                    } else if (slash == 0 || slash == name.length() - 1) {
                        listed.fault(name, "must be a user or tenant/user");
                    } else {
                        usersByTenant
                                .computeIfAbsent(name.substring(0, slash), tenant -> new HashMap<>())
                                .put(name.substring(slash + 1), profile);
                    }
                }
            }
            return new Plans(tiers, standard, anonymous, tenants, users, usersByTenant);
        }
    }

    private String knownTier(Section section, String key, String otherwise) {
        String name = section.text(key, otherwise);
        if (!tiers.containsKey(name)) {
            section.fault(
                    key, () -> "there is no tier " + Faults.quote(name) + "; " + Faults.suggest(name, tiers.keySet()));
            return otherwise;
        }
        usedTiers.add(name);
        return name;
    }

    private Profile profile(Section section, Profile standard) {
        try (section) {
            Profile profile = Profile.ofTier(knownTier(section, "tier", standard.tier()))
                    .withPorts(section.texts("ports", PortRange::of));
            for (Map.Entry<String, List<Quota>> rate : rates(section).entrySet()) {
                profile = profile.withRate(rate.getKey(), rate.getValue());
                ownRates.add(new OwnRate(section.section("rates"), rate.getKey(), rate.getValue()));
            }
            for (Map.Entry<String, Long> number :
                    numbers(section, "concurrent", concurrentNames).entrySet()) {
                profile = profile.withConcurrent(number.getKey(), number.getValue());
            }
            for (Map.Entry<String, Long> grant :
                    numbers(section, "grants", grantNames).entrySet()) {
                profile = profile.withGrant(grant.getKey(), grant.getValue());
            }
            String blocked = section.text("blocked");
            return blocked == null ? profile : profile.withBlock(blocked);
        }
    }

    private void checkRate(Rule rule, String name) {
        for (String tierName : usedTiers) {
            Tier tier = tiers.get(tierName);
            List<Quota> quotas = tier == null ? null : tier.rates().get(name);
            if (quotas == null && isMapping(tierName)) {
                missing("rule " + rule.name() + " charges rate", name, tierName, "rates", "20/min");
            }
            Quota tooSmall = quotas == null ? null : firstBelow(quotas, rule.cost());
            if (tooSmall != null) {
                tierFault(tierName, tooSmall(rule, name, tooSmall));
            }
        }
        for (OwnRate own : ownRates) {
            Quota tooSmall = own.name().equals(name) ? firstBelow(own.quotas(), rule.cost()) : null;
            if (tooSmall != null) {
                own.section().fault(name, () -> tooSmall(rule, name, tooSmall));
            }
        }
    }

    private static String tooSmall(Rule rule, String name, Quota quota) {
        return "rule " + rule.name() + " costs " + rule.cost() + ", which is above the " + quota.capacity() + " that "
                + name + ": " + quota + " can give at once, so no request could ever pass; lower the cost or raise the"
                + " burst";
    }

    private static @Nullable Quota firstBelow(List<Quota> quotas, long cost) {
        for (Quota quota : quotas) {
            if (quota.capacity() < cost) {
                return quota;
            }
        }
        return null;
    }

    private void checkConcurrent(Rule rule, String name) {
        for (String tierName : usedTiers) {
            Tier tier = tiers.get(tierName);
            if (isMapping(tierName) && tier != null && !tier.concurrent().containsKey(name)) {
                missing("rule " + rule.name() + " limits concurrent", name, tierName, "concurrent", "20");
            }
        }
    }

    /** What is no mapping has its fault already. */
    private boolean isMapping(String tierName) {
        Node node = tierSection.node(tierName);
        return node == null || node instanceof MapNode || (node instanceof TextNode text && text.isNull());
    }

    private void checkCatchAll() {
        for (String tierName : usedTiers) {
            Tier tier = tiers.get(tierName);
            if (isMapping(tierName) && tier != null && !tier.rates().containsKey(Tier.REQUESTS)) {
                missing("requests that no rule counts are charged to rate", Tier.REQUESTS, tierName, "rates", "20/min");
            }
        }
    }

    private void missing(String who, String name, String tierName, String map, String example) {
        tierFault(
                tierName,
                who + " " + Faults.quote(name) + ", which this tier does not have; "
                        + (tierSection.has(tierName) ? "add " : "define it here, whole, with ") + map + ": {" + name
                        + ": " + example + "}");
    }

    /** Reports at the tier, or where the tiers would stand if it is a built-in one. */
    private void tierFault(String tierName, String problem) {
        if (tierSection.has(tierName)) {
            tierSection.fault(tierName, problem);
        } else {
            tierSection.faults().add(tierSection.line(), tierSection.path(tierName), problem);
        }
    }
}
