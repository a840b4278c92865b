// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Rule;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is tied to the items of a rule: the rule itself, and how headers write the numbers of its limit, worked out once
 * instead of at each request. Immutable.
 */
final class ItemTag {

    private final Rule rule;
    private final int before;
    private final boolean share;
    private final List<RateText> rates;

    /**
     * Works the texts out.
     *
     * @param before how many rates of the rule's other limits are named before these
     */
    ItemTag(Rule rule, Limit limit, int before) {
        this(rule, limit, before, false);
    }

    private ItemTag(Rule rule, Limit limit, int before, boolean share) {
        this.rule = rule;
        this.before = before;
        this.share = share;
        List<RateText> texts = new ArrayList<>(limit.size());
        for (int i = 0; i < limit.size(); i++) {
            texts.add(new RateText(rule.name(), before + i + 1, limit, i));
        }
        this.rates = List.copyOf(texts);
    }

    /** The same for this instance's share of the limit. */
    ItemTag ofShare(Limit itsShare) {
        return new ItemTag(rule, itsShare, before, true);
    }

    /** What is tied to an item that {@link #ruleOf} finds a rule for. */
    static ItemTag of(ChargeItem item) {
        if (item.template().tag() instanceof ItemTag tag) {
            return tag;
        }
        throw new IllegalArgumentException("no rule has asked for this item");
    }

    /** The rule that asked for an item, or null where the engine of another asked. */
    static @Nullable Rule ruleOf(ChargeItem item) {
        return item.template().tag() instanceof ItemTag tag ? tag.rule : null;
    }

    /** Whether an item is held to this instance's share of a limit. */
    static boolean isShare(ChargeItem item) {
        return item.template().tag() instanceof ItemTag tag && tag.share;
    }

    /** How headers write a rate of an item; the store may hold it to another limit than it came with. */
    static RateText textOf(ChargeItem item, int rate, int number) {
        if (item.template().tag() instanceof ItemTag tag
                && item.inForce() == item.limit()
                && tag.rates.get(rate).number == number) {
            return tag.rates.get(rate);
        }
        return new RateText(item.rule(), number, item.inForce(), rate);
    }

    /** One rate of a rule, as headers write it. Immutable. */
    static final class RateText {

        /** The largest integer of RFC 9651; a store that says more would make fields that nobody may read. */
        private static final long MOST = 999_999_999_999_999L;

        private final int number;
        private final String name;
        private final String policy;
        private final String capacity;

        /**
         * Writes it.
         *
         * @param number its number among the rates of the rule, from 1
         */
        RateText(String rule, int number, Limit limit, int rate) {
            this.number = number;
            this.name = '"' + name(rule, number) + '"';
            this.policy = name + policy(limit, rate);
            this.capacity = Long.toString(bounded(limit.capacity(rate)));
        }

        static long bounded(long number) {
            return Math.min(number, MOST);
        }

        static String name(String rule, int number) {
            return number == 1 ? rule : rule + "-" + number;
        }

        private static String policy(Limit limit, int rate) {
            long seconds = Math.max(1, Decision.ceilSeconds(limit.periodNanos(rate)));
            String rated = ";q=" + bounded(limit.amount(rate)) + ";w=" + seconds;
            boolean bursts = limit.capacity(rate) != limit.amount(rate);
            return bursts ? rated + ";weir-burst=" + bounded(limit.capacity(rate)) : rated;
        }

        /** The name in quotes. */
        String name() {
            return name;
        }

        /** The name in quotes with the parameters of {@code RateLimit-Policy}. */
        String policy() {
            return policy;
        }

        /** The most that can be taken at once. */
        String capacity() {
            return capacity;
        }
    }
}
