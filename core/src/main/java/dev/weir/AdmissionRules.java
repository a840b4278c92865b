// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.admission.UserProfile;
import dev.weir.config.Configuration;
import dev.weir.plan.Per;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Rule;
import dev.weir.plan.Tier;
import dev.weir.store.ItemKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a start is charged to, as rules that no request matches. They go through the same compiler, store and failure policy
 * as those of requests, under names that the reader of a configuration refuses for those.
 *
 * <p>The last one is a log that only counts: how many starts there were within the time of a rapid restart, and within an
 * hour. It is so large that only a caller with thousands of starts can fill it.
 */
final class AdmissionRules {

    static final String START_RATE = "admission.start-rate";
    static final String SERVICES = "admission.services";
    static final String STARTS = "admission.service-starts";
    static final String LOG = "admission.log";

    /** The places of the log's rates. */
    static final int RAPID = 0;

    static final int HOUR = 1;

    /** What a start asks for at once: the rate of starts, a lease, the hourly number, and the log. */
    private static final List<ItemKind> KINDS =
            List.of(ItemKind.BUCKET, ItemKind.LEASE, ItemKind.ROLLING, ItemKind.ROLLING);

    private AdmissionRules() {}

    /** In the order of the items of a charge. */
    static List<Rule> of(Configuration configuration) {
        Duration rapid = configuration.admission().rapidRestart().period();
        return List.of(
                rule(START_RATE, configuration)
                        .rate(List.of(configuration.admission().startRate()))
                        .build(),
                rule(SERVICES, configuration).concurrent(UserProfile.SERVICES).build(),
                rule(STARTS, configuration).rate(UserProfile.SERVICE_STARTS).build(),
                rule(LOG, configuration)
                        .rate(List.of(
                                Quota.of(Quota.MAX_ROLLING, rapid).asRolling(),
                                Quota.perHour(Quota.MAX_ROLLING).asRolling()))
                        .build());
    }

    /** Why a store cannot decide about starts, or null if it can. */
    static @Nullable String obstacle(Consumer<List<ItemKind>> check) {
        try {
            check.accept(KINDS);
            return null;
        } catch (IllegalArgumentException e) {
            return "services cannot be admitted with this store: " + e.getMessage();
        }
    }

    /** All for which a profile has numbers: the rules of requests, then these. */
    static List<Rule> behind(List<Rule> rules, Configuration configuration) {
        List<Rule> all = new ArrayList<>(rules);
        all.addAll(of(configuration));
        return all;
    }

    private static Rule.Builder rule(String name, Configuration configuration) {
        return Rule.named(name).per(Per.USER).onFailure(configuration.onFailure());
    }

    /** Whether a number is one that only admission names, and is not there: then none may be started, which is no fault. */
    static boolean isMissing(Rule rule, Profile profile, Tier tier) {
        return switch (rule.name()) {
            case SERVICES ->
                !profile.concurrent().containsKey(UserProfile.SERVICES)
                        && !tier.concurrent().containsKey(UserProfile.SERVICES);
            case STARTS ->
                !profile.rates().containsKey(UserProfile.SERVICE_STARTS)
                        && !tier.rates().containsKey(UserProfile.SERVICE_STARTS);
            default -> false;
        };
    }
}
