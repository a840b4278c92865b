// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Node.TextNode;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Mode;
import dev.weir.plan.Per;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code rules}. */
final class RuleReader {

    private static final int MAX_RULES = 100;
    private static final Set<String> RESERVED = Set.of("catch-all");
    private static final String OF_ADMISSION = "admission.";

    private RuleReader() {}

    static List<Rule> read(Section root, FailurePolicy onFailure) {
        List<Node> elements = root.list("rules", false);
        if (elements.size() > MAX_RULES) {
            root.fault("rules", "must be at most " + MAX_RULES + " but are " + elements.size());
            return List.of();
        }
        Map<String, Rule> rules = new LinkedHashMap<>();
        Map<String, Section> sections = new LinkedHashMap<>();
        for (int i = 0; i < elements.size(); i++) {
            try (Section section = Section.of(elements.get(i), "rules[" + i + "]", root.faults())) {
                Rule rule = rule(section, onFailure);
                if (rule != null && rules.putIfAbsent(rule.name(), rule) != null) {
                    section.fault(
                            "name",
                            "another rule is named " + Faults.quote(rule.name()) + " already; choose another name");
                } else if (rule != null) {
                    sections.put(rule.name(), section);
                }
            }
        }
        checkDerivedNames(sections);
        return new ArrayList<>(rules.values());
    }

    /** The header RateLimit names api-2 for the second quota of the rule api, and api-concurrent for its leases. */
    private static void checkDerivedNames(Map<String, Section> rules) {
        for (String name : rules.keySet()) {
            rules.forEach((other, section) -> {
                if (other.startsWith(name + "-")
                        && other.substring(name.length() + 1).matches("concurrent|[2-8]")) {
                    section.fault(
                            "name",
                            Faults.quote(other) + " is what headers call a part of the rule " + Faults.quote(name)
                                    + "; choose another name");
                }
            });
        }
    }

    private static @Nullable Rule rule(Section section, FailurePolicy onFailure) {
        String name = section.text("name");
        Rule.Builder builder = null;
        if (!section.has("name")) {
            section.fault("name", "is missing; callers see it in headers, so name what is counted");
        } else if (name != null && (RESERVED.contains(name) || name.startsWith(OF_ADMISSION))) {
            section.fault("name", Faults.quote(name) + " is the name of Weir's own rule; choose another");
        } else if (name != null) {
            builder = section.attempt("name", () -> Rule.named(name));
        }
        // Without a name the rest is read all the same, to find its faults.
        Rule.Builder rule = builder == null ? Rule.named("nameless") : builder;
        int before = section.faults().count();
        fill(section, rule, onFailure);
        boolean sound = builder != null && section.faults().count() == before;
        return sound ? built(section, rule) : null;
    }

    private static @Nullable Rule built(Section section, Rule.Builder rule) {
        try {
            return rule.build();
        } catch (IllegalArgumentException e) {
            section.fault(String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static void fill(Section section, Rule.Builder rule, FailurePolicy onFailure) {
        String path = section.text("path", "/**");
        section.check("path", () -> rule.path(path));
        Set<String> methods = new HashSet<>(section.texts("methods"));
        section.check("methods", () -> rule.methods(methods));
        rule.per(section.choice("per", Per.class, Per.IDENTITY));
        if (section.has("within")) {
            rule.within(section.choice("within", Per.class, Per.TENANT));
        }
        rate(section, rule);
        concurrent(section, rule);
        count(section, rule);
        rule.cost(section.integer("cost", 1, Quota.MAX, 1));
        rule.mode(section.choice("mode", Mode.class, Mode.ENFORCE));
        rule.neverShed(section.bool("never-shed", false));
        rule.onFailure(section.choice("on-failure", FailurePolicy.class, onFailure));
    }

    /** A word that begins with a letter is the name of a tier's rate; all else is a quota. */
    private static void rate(Section section, Rule.Builder rule) {
        if (!section.has("rate")) {
            return;
        }
        if (section.node("rate") instanceof TextNode text
                && isName(text.text())
                && !text.isNull()
                && !text.text().equals(QuotaReader.UNLIMITED)) {
            rule.rate(text.text());
            return;
        }
        List<Quota> quotas = QuotaReader.list(section, "rate");
        if (quotas != null) {
            rule.rate(quotas);
        }
    }

    private static void concurrent(Section section, Rule.Builder rule) {
        if (!section.has("concurrent")) {
            return;
        }
        String text = section.text("concurrent");
        if (text != null && isName(text)) {
            rule.concurrent(text);
        } else {
            rule.concurrent(section.integer("concurrent", 1, 1_000_000, 1));
        }
    }

    private static void count(Section section, Rule.Builder rule) {
        if (!section.has("count")) {
            return;
        }
        Set<Integer> statuses = new HashSet<>();
        for (String text : section.texts("count")) {
            if (text.matches("[1-5][0-9][0-9]")) {
                statuses.add(Integer.parseInt(text));
            } else {
                section.fault("count", "must list statuses from 100 to 599 but lists " + Faults.quote(text));
            }
        }
        if (section.isEmptyList("count")) {
            section.fault("count", "must list at least one status; leave it out to charge every request");
        }
        rule.count(statuses);
    }

    private static boolean isName(String text) {
        return text.matches("[A-Za-z][A-Za-z0-9_-]*");
    }
}
