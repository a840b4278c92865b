// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.config.Configuration;
import dev.weir.plan.Mode;
import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.store.ItemKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes sure that a store can decide at once all that one request may ask for. Who calls is left aside, so two rules meet where
 * their methods and paths do; the catch-all meets none.
 */
final class MeetingRules {

    private static final int MOST_FAULTS = 10;

    private final Configuration configuration;
    private final Consumer<List<ItemKind>> store;
    private final List<String> faults = new ArrayList<>();

    private MeetingRules(Configuration configuration, Consumer<List<ItemKind>> store) {
        this.configuration = configuration;
        this.store = store;
    }

    /**
     * Checks the rules of a configuration.
     *
     * @param rules its rules, and behind them the catch-all
     * @param store throws an {@link IllegalArgumentException} for items that it cannot decide in one charge
     * @throws IllegalArgumentException with the rules that one request may meet, and what the store says of them
     */
    static void check(Configuration configuration, List<Rule> rules, Consumer<List<ItemKind>> store) {
        MeetingRules check = new MeetingRules(configuration, store);
        check.all(rules);
        if (!check.faults.isEmpty()) {
            throw new IllegalArgumentException(configuration.source() + " asks for what its store cannot decide:\n  "
                    + check.faults.stream().limit(MOST_FAULTS).collect(Collectors.joining("\n  ")));
        }
    }

    private void all(List<Rule> rules) {
        List<List<ItemKind>> kinds = rules.stream().map(this::kinds).toList();
        boolean[] refused = new boolean[rules.size()];
        for (int i = 0; i < rules.size(); i++) {
            refused[i] = isRefused(kinds.get(i), place(rules, i));
        }
        int catchAll = rules.size() - 1;
        for (int i = 0; i < catchAll; i++) {
            for (int j = i + 1; j < catchAll; j++) {
                boolean asked = !kinds.get(i).isEmpty() && !kinds.get(j).isEmpty() && !refused[i] && !refused[j];
                if (asked && rules.get(i).meets(rules.get(j))) {
                    List<ItemKind> both = Stream.of(kinds.get(i), kinds.get(j))
                            .flatMap(List::stream)
                            .toList();
                    isRefused(both, "one request may meet " + place(rules, i) + " and " + place(rules, j));
                }
            }
        }
    }

    private boolean isRefused(List<ItemKind> kinds, String where) {
        try {
            if (!kinds.isEmpty()) {
                store.accept(kinds);
            }
            return false;
        } catch (IllegalArgumentException e) {
            faults.add(configuration.source() + ": " + where + ": " + e.getMessage());
            return true;
        }
    }

    private static String place(List<Rule> rules, int index) {
        Rule rule = rules.get(index);
        return index == rules.size() - 1
                ? "the rule " + rule.name() + ", by the rate requests of the tiers"
                : "rules[" + index + "] \"" + rule.name() + "\" (" + rule.path() + ")";
    }

    /** What a rule may ask for, of whichever profile. */
    private List<ItemKind> kinds(Rule rule) {
        List<ItemKind> kinds = new ArrayList<>();
        if (rule.mode() == Mode.OFF) {
            return kinds;
        }
        List<Quota> quotas = rule.rateName()
                .map(name -> named(configuration.plans(), name))
                .or(rule::quotas)
                .orElse(List.of());
        if (quotas.stream().anyMatch(quota -> !quota.rolling())) {
            kinds.add(ItemKind.BUCKET);
        }
        if (quotas.stream().anyMatch(Quota::rolling)) {
            kinds.add(ItemKind.ROLLING);
        }
        boolean concurrent = rule.concurrentName().isPresent() || rule.concurrent() > 0;
        if (concurrent && rule.mode() != Mode.SHADOW) {
            kinds.add(ItemKind.LEASE);
        }
        return kinds;
    }

    /** The quotas of a name in all tiers and profiles. */
    private static List<Quota> named(Plans plans, String name) {
        Stream<Map<String, List<Quota>>> tiers = plans.tiers().values().stream().map(tier -> tier.rates());
        Stream<Profile> profiles = Stream.of(
                        Stream.of(plans.standard(), plans.anonymous()),
                        plans.tenants().values().stream(),
                        plans.users().values().stream(),
                        plans.usersByTenant().values().stream().flatMap(users -> users.values().stream()))
                .flatMap(some -> some);
        return Stream.concat(tiers, profiles.map(Profile::rates))
                .map(rates -> rates.get(name))
                .filter(Objects::nonNull)
                .flatMap(Collection::stream)
                .toList();
    }
}
