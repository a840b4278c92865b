// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which requests are charged to which quota, for which part of the identity.
 *
 * <p>Immutable. Built with {@link #named}.
 *
 * @since 0.1
 */
public final class Rule {

    private final String name;
    private final PathGlob path;
    private final Set<String> methods;
    private final Per per;
    private final @Nullable Per within;
    private final @Nullable String rateName;
    private final @Nullable List<Quota> quotas;
    private final @Nullable String concurrentName;
    private final long concurrent;
    private final Set<Integer> count;
    private final long cost;
    private final Mode mode;
    private final boolean neverShed;
    private final FailurePolicy onFailure;

    private Rule(Builder builder) {
        this.name = builder.name;
        this.path = builder.path;
        this.methods = Set.copyOf(builder.methods);
        this.per = builder.per;
        this.within = builder.within;
        this.rateName = builder.rateName;
        this.quotas = builder.quotas;
        this.concurrentName = builder.concurrentName;
        this.concurrent = builder.concurrent;
        this.count = Set.copyOf(builder.count);
        this.cost = builder.cost;
        this.mode = builder.mode;
        this.neverShed = builder.neverShed;
        this.onFailure = builder.onFailure;
    }

    /**
     * Begins a rule for all requests, per identity, enforced, of cost 1.
     *
     * @param name the name, which callers see: 1 to 64 letters, digits, dots, dashes and underscores
     * @return a builder
     */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /**
     * Tells whether the rule is meant for a request.
     *
     * @param method the method; {@code HEAD} is taken for {@code GET} where a rule lists only the latter
     * @param requestPath the path inside the application
     * @return whether it is
     */
    public boolean matches(String method, String requestPath) {
        return matchesMethod(method) && path.matches(requestPath);
    }

    private boolean matchesMethod(String method) {
        return methods.isEmpty() || methods.contains(method) || (method.equals("HEAD") && methods.contains("GET"));
    }

    /**
     * Tells whether one request may be one that this rule and another are both meant for. Who calls is left aside: a rule per
     * tenant and one per address meet where their methods and paths do.
     *
     * @param other the other rule
     * @return whether there may be such a request; false only where there is none
     */
    public boolean meets(Rule other) {
        boolean methodsMeet = methods.isEmpty()
                || other.methods.isEmpty()
                || methods.stream().anyMatch(other::matchesMethod)
                || other.methods.stream().anyMatch(this::matchesMethod);
        return methodsMeet && path.meets(other.path);
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** {@return the pattern of its paths} */
    public PathGlob path() {
        return path;
    }

    /** {@return its methods; none for all} */
    public Set<String> methods() {
        return methods;
    }

    /** {@return for whom it counts} */
    public Per per() {
        return per;
    }

    /** {@return inside what it counts, or null where it counts across all} */
    public @Nullable Per within() {
        return within;
    }

    /** {@return the name of the tier's rate that it charges, empty if it has numbers of its own or no rate} */
    public Optional<String> rateName() {
        return Optional.ofNullable(rateName);
    }

    /** {@return its own quotas, an empty list for unlimited; empty if it names the tier's or has no rate} */
    public Optional<List<Quota>> quotas() {
        return Optional.ofNullable(quotas);
    }

    /** {@return the name of the tier's number of what may be held at once, empty if it has none or one of its own} */
    public Optional<String> concurrentName() {
        return Optional.ofNullable(concurrentName);
    }

    /** {@return its own number of requests in flight, 0 if it has none} */
    public long concurrent() {
        return concurrent;
    }

    /** {@return the statuses of the answers that are charged after them; none to charge every request before it} */
    public Set<Integer> count() {
        return count;
    }

    /** {@return what one request costs} */
    public long cost() {
        return cost;
    }

    /** {@return how earnest it is} */
    public Mode mode() {
        return mode;
    }

    /** {@return whether its requests pass under overload} */
    public boolean neverShed() {
        return neverShed;
    }

    /** {@return what it does when a shared store does not answer} */
    public FailurePolicy onFailure() {
        return onFailure;
    }

    @Override
    public String toString() {
        return "Rule[" + name + " " + path + "]";
    }

    /** Collects the parts of a rule. Not thread-safe; build, then share the result. */
    public static final class Builder {

        private static final String NAME = "[A-Za-z0-9._-]{1,64}";
        private static final String METHOD = "[A-Z!#$%&'*+.^_`|~0-9-]{1,32}";

        private final String name;
        private PathGlob path = PathGlob.of("/**");
        private Set<String> methods = Set.of();
        private Per per = Per.IDENTITY;
        private @Nullable Per within;
        private @Nullable String rateName;
        private @Nullable List<Quota> quotas;
        private @Nullable String concurrentName;
        private long concurrent;
        private Set<Integer> count = Set.of();
        private long cost = 1;
        private Mode mode = Mode.ENFORCE;
        private boolean neverShed;
        private FailurePolicy onFailure = FailurePolicy.LOCAL;

        private Builder(String name) {
            if (!name.matches(NAME)) {
                throw new IllegalArgumentException(
                        "a rule's name must be 1 to 64 letters, digits, dots, dashes and underscores");
            }
            this.name = name;
        }

        /**
         * Sets the paths.
         *
         * @param pattern see {@link PathGlob}
         * @return this
         */
        public Builder path(String pattern) {
            this.path = PathGlob.of(pattern);
            return this;
        }

        /**
         * Sets the methods.
         *
         * @param names in capitals; none for all
         * @return this
         * @throws IllegalArgumentException if one is not a method in capitals
         */
        public Builder methods(Set<String> names) {
            for (String method : names) {
                if (!method.matches(METHOD)) {
                    throw new IllegalArgumentException("a method must be in capitals, such as " + capitals(method)
                            + ", but was \"" + method + "\"");
                }
            }
            this.methods = Set.copyOf(names);
            return this;
        }

        private static String capitals(String method) {
            String letters = method.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", "");
            return letters.isEmpty() ? "GET" : letters;
        }

        /**
         * Sets for whom it counts.
         *
         * @param whom for whom
         * @return this
         */
        public Builder per(Per whom) {
            this.per = requireNonNull(whom, "whom");
            return this;
        }

        /**
         * Sets inside what it counts.
         *
         * @param outer the tenant, the user or the address
         * @return this
         */
        public Builder within(Per outer) {
            this.within = requireNonNull(outer, "outer");
            return this;
        }

        /**
         * Charges the rate of this name in the caller's tier.
         *
         * @param tierRate the name
         * @return this
         */
        public Builder rate(String tierRate) {
            this.rateName = requireNonNull(tierRate, "tierRate");
            return this;
        }

        /**
         * Charges quotas of its own.
         *
         * @param own the quotas, all of which must hold; none for unlimited
         * @return this
         */
        public Builder rate(List<Quota> own) {
            this.quotas = List.copyOf(own);
            return this;
        }

        /**
         * Limits the requests in flight to the number of this name in the caller's tier.
         *
         * @param tierNumber the name
         * @return this
         */
        public Builder concurrent(String tierNumber) {
            this.concurrentName = requireNonNull(tierNumber, "tierNumber");
            return this;
        }

        /**
         * Limits the requests in flight to a number of its own.
         *
         * @param max the number, 1 to 1,000,000
         * @return this
         * @throws IllegalArgumentException if the number is out of range
         */
        public Builder concurrent(long max) {
            if (max < 1 || max > 1_000_000) {
                throw new IllegalArgumentException("concurrent must be 1 to 1000000 but was " + max);
            }
            this.concurrent = max;
            return this;
        }

        /**
         * Charges only answers of these statuses, after they are known.
         *
         * @param statuses each 100 to 599
         * @return this
         * @throws IllegalArgumentException if one is out of range
         */
        public Builder count(Set<Integer> statuses) {
            for (int status : statuses) {
                if (status < 100 || status > 599) {
                    throw new IllegalArgumentException("a status must be 100 to 599 but was " + status);
                }
            }
            this.count = Set.copyOf(statuses);
            return this;
        }

        /**
         * Sets what one request costs.
         *
         * @param tokens 1 to 10<sup>12</sup>
         * @return this
         * @throws IllegalArgumentException if the cost is out of range
         */
        public Builder cost(long tokens) {
            if (tokens < 1 || tokens > Quota.MAX) {
                throw new IllegalArgumentException("cost must be 1 to " + Quota.MAX + " but was " + tokens);
            }
            this.cost = tokens;
            return this;
        }

        /**
         * Sets how earnest it is.
         *
         * @param earnest the mode
         * @return this
         */
        public Builder mode(Mode earnest) {
            this.mode = requireNonNull(earnest, "earnest");
            return this;
        }

        /**
         * Lets its requests pass under overload.
         *
         * @param never whether they do
         * @return this
         */
        public Builder neverShed(boolean never) {
            this.neverShed = never;
            return this;
        }

        /**
         * Sets what it does when a shared store does not answer.
         *
         * @param policy the policy
         * @return this
         */
        public Builder onFailure(FailurePolicy policy) {
            this.onFailure = requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Makes the rule.
         *
         * @return the rule
         * @throws IllegalArgumentException if parts are missing or do not fit each other
         */
        public Rule build() {
            boolean hasRate = rateName != null || quotas != null;
            boolean hasConcurrent = concurrentName != null || concurrent > 0;
            check(hasRate || hasConcurrent, "needs a rate or a number for concurrent, or it would count nothing");
            check(rateName == null || quotas == null, "can name a tier's rate or have quotas of its own, not both");
            check(
                    concurrentName == null || concurrent == 0,
                    "can name a tier's number or have one of its own for concurrent, not both");
            check(
                    per != Per.EVERYONE || (rateName == null && concurrentName == null),
                    "is per everyone, who has no tier: write numbers, such as rate: 100/s");
            check(
                    within == null || (within != per && within != Per.EVERYONE && within != Per.IDENTITY),
                    "is per " + per.word() + (within == null ? "" : " within " + within.word())
                            + "; within must be tenant, user or ip, and not what the rule is per");
            check(per != Per.EVERYONE || within == null, "is per everyone, which is within nothing");
            check(count.isEmpty() || hasRate, "has count, which charges a rate: add one, such as rate: 5/min");
            if (quotas != null) {
                for (Quota quota : quotas) {
                    check(
                            cost <= quota.capacity(),
                            "costs " + cost + ", which is above the " + quota.capacity() + " of " + quota
                                    + ", so no request could ever pass; lower the cost or raise the burst");
                }
            }
            return new Rule(this);
        }

        private void check(boolean holds, String problem) {
            if (!holds) {
                throw new IllegalArgumentException("rule " + name + " " + problem);
            }
        }
    }
}
