// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * A named set of numbers: rates, how many at once, grants and a priority.
 *
 * <p>Immutable.
 *
 * @param name the name
 * @param priority who is shed first under overload: the lowest
 * @param rates the quotas by name; an empty list is unlimited
 * @param concurrent how many may be held at once, by name, each at least 1
 * @param grants what one start may ask for, by name, each at least 1
 * @since 0.1
 */
public record Tier(
        String name,
        int priority,
        Map<String, List<Quota>> rates,
        Map<String, Long> concurrent,
        Map<String, Long> grants) {

    /** The name of the rate that requests are charged to where no rule says otherwise. */
    public static final String REQUESTS = "requests";

    private static final String SERVICE_STARTS = "service-starts";

    /**
     * Copies the maps.
     *
     * @param name the name
     * @param priority who is shed first under overload: the lowest
     * @param rates the quotas by name; an empty list is unlimited
     * @param concurrent how many may be held at once, by name, each at least 1
     * @param grants what one start may ask for, by name, each at least 1
     */
    public Tier {
        requireNonNull(name, "name");
        rates = Map.copyOf(rates);
        concurrent = Map.copyOf(concurrent);
        grants = Map.copyOf(grants);
    }

    /** {@return the tiers that exist unless a configuration redefines them: free, basic, pro, enterprise, anonymous} */
    public static List<Tier> builtIn() {
        return List.of(
                full("free", 0, 20, 20, 5, 2, 256, 25),
                full("basic", 1, 60, 40, 20, 5, 512, 50),
                full("pro", 2, 120, 80, 50, 10, 2048, 80),
                full("enterprise", 3, 500, 200, 200, 50, 8192, 100),
                new Tier(
                        "anonymous",
                        0,
                        Map.of(REQUESTS, List.of(Quota.perMinute(10))),
                        Map.of(REQUESTS, 10L),
                        Map.of()));
    }

    private static Tier full(
            String name, int priority, long perMinute, long inFlight, long starts, long services, long mb, long cpu) {
        return new Tier(
                name,
                priority,
                Map.of(
                        REQUESTS,
                        List.of(Quota.perMinute(perMinute)),
                        SERVICE_STARTS,
                        List.of(Quota.perHour(starts).asRolling())),
                Map.of(REQUESTS, inFlight, "services", services),
                Map.of("memory-mb", mb, "cpu-percent", cpu));
    }
}
