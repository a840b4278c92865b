// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static java.util.Objects.requireNonNull;

import dev.weir.plan.PortRange;
import dev.weir.plan.Profile;
import dev.weir.plan.Quota;
import dev.weir.plan.Tier;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one user may have, in the numbers of work admission: a tier, and perhaps numbers of his own.
 *
 * <pre>{@code
 * UserProfile profile = UserProfile.pro().withConcurrentServices(3).withMemoryMb(1024).withPorts("8000-8999");
 * policy.setProfile("user123", profile);
 * }</pre>
 *
 * <p>It is a view of a {@link Profile}, in which the numbers have these names: rates {@value Tier#REQUESTS} and
 * {@value #SERVICE_STARTS}, concurrent {@value #SERVICES}, grants {@value #MEMORY_MB} and {@value #CPU_PERCENT}. A number of
 * its own replaces that of the tier. Whoever puts it into force knows the tier by its name: where a configuration redefines a
 * built-in tier, its numbers count.
 *
 * <p>Immutable; each {@code with} answers a changed copy.
 *
 * @since 0.1
 */
public final class UserProfile {

    /** The name of the rate of starts in an hour. */
    public static final String SERVICE_STARTS = "service-starts";

    /** The name of the number of services at once. */
    public static final String SERVICES = "services";

    /** The name of the grant of memory. */
    public static final String MEMORY_MB = "memory-mb";

    /** The name of the grant of processor time. */
    public static final String CPU_PERCENT = "cpu-percent";

    private final Tier tier;
    private final Profile profile;

    private UserProfile(Tier tier, Profile profile) {
        this.tier = tier;
        this.profile = profile;
    }

    /**
     * Makes a profile with the numbers of a tier.
     *
     * @param tier the tier, such as one of {@link Tier#builtIn()} or of a configuration
     * @return the profile
     */
    public static UserProfile of(Tier tier) {
        return of(tier, Profile.ofTier(tier.name()));
    }

    /**
     * Makes the view of a profile.
     *
     * @param tier its tier
     * @param profile the profile
     * @return the view
     * @throws IllegalArgumentException if the profile is of another tier
     */
    public static UserProfile of(Tier tier, Profile profile) {
        if (!tier.name().equals(profile.tier())) {
            throw new IllegalArgumentException(
                    "tier must be that of the profile, " + profile.tier() + ", but was " + tier.name());
        }
        return new UserProfile(tier, requireNonNull(profile, "profile"));
    }

    /** {@return a profile of the built-in tier {@code free}} */
    public static UserProfile free() {
        return builtIn("free");
    }

    /** {@return a profile of the built-in tier {@code basic}} */
    public static UserProfile basic() {
        return builtIn("basic");
    }

    /** {@return a profile of the built-in tier {@code pro}} */
    public static UserProfile pro() {
        return builtIn("pro");
    }

    /** {@return a profile of the built-in tier {@code enterprise}} */
    public static UserProfile enterprise() {
        return builtIn("enterprise");
    }

    private static UserProfile builtIn(String name) {
        return of(Tier.builtIn().stream()
                .filter(tier -> tier.name().equals(name))
                .findFirst()
                .orElseThrow());
    }

    /**
     * Sets how many services may run at once.
     *
     * @param max how many, at least 1
     * @return a changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public UserProfile withConcurrentServices(long max) {
        return new UserProfile(tier, profile.withConcurrent(SERVICES, max));
    }

    /**
     * Sets how much memory one start may ask for.
     *
     * @param megabytes how much, at least 1
     * @return a changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public UserProfile withMemoryMb(long megabytes) {
        return new UserProfile(tier, profile.withGrant(MEMORY_MB, megabytes));
    }

    /**
     * Sets how much processor time one start may ask for.
     *
     * @param percent how much, at least 1
     * @return a changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public UserProfile withCpuPercent(long percent) {
        return new UserProfile(tier, profile.withGrant(CPU_PERCENT, percent));
    }

    /**
     * Sets how many requests a minute the filter admits. It has nothing to do with the rate of starts.
     *
     * @param amount how many, at least 1
     * @return a changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public UserProfile withRequestsPerMinute(long amount) {
        return new UserProfile(tier, profile.withRate(Tier.REQUESTS, Quota.perMinute(amount)));
    }

    /**
     * Sets how many services may be started in any hour.
     *
     * @param amount how many, 1 to 10,000
     * @return a changed copy
     * @throws IllegalArgumentException if the number is out of range
     */
    public UserProfile withServicesPerHour(long amount) {
        return new UserProfile(
                tier, profile.withRate(SERVICE_STARTS, Quota.perHour(amount).asRolling()));
    }

    /**
     * Sets the ports on which services may listen.
     *
     * @param ranges ports or ranges, such as {@code 443} or {@code 8000-8999}; none for every port
     * @return a changed copy
     * @throws IllegalArgumentException if one is no port and no range
     */
    public UserProfile withPorts(String... ranges) {
        return new UserProfile(
                tier, profile.withPorts(Arrays.stream(ranges).map(PortRange::of).toList()));
    }

    /** {@return the same as a profile, for a {@code ProfileStore} or a {@code ProfileSource}} */
    public Profile profile() {
        return profile;
    }

    /** {@return the name of the tier} */
    public String tier() {
        return tier.name();
    }

    /** {@return who is refused first under overload: the lowest} */
    public int priority() {
        return tier.priority();
    }

    /** {@return how many services may run at once, 0 if none may} */
    public long concurrentServices() {
        return number(profile.concurrent(), tier.concurrent(), SERVICES);
    }

    /** {@return how many megabytes one start may ask for, 0 if none} */
    public long memoryMb() {
        return number(profile.grants(), tier.grants(), MEMORY_MB);
    }

    /** {@return how many percent of processor time one start may ask for, 0 if none} */
    public long cpuPercent() {
        return number(profile.grants(), tier.grants(), CPU_PERCENT);
    }

    private static long number(Map<String, Long> own, Map<String, Long> ofTier, String name) {
        Long number = own.getOrDefault(name, ofTier.get(name));
        return number == null ? 0 : number;
    }

    /** {@return how many requests the filter admits; an empty list if that is not limited, or has no number} */
    public List<Quota> requests() {
        List<Quota> quotas = rate(Tier.REQUESTS);
        return quotas == null ? List.of() : quotas;
    }

    /** {@return how many services may be started; an empty list if that is not limited, see {@link #mayStart}} */
    public List<Quota> serviceStarts() {
        List<Quota> quotas = rate(SERVICE_STARTS);
        return quotas == null ? List.of() : quotas;
    }

    /** {@return whether there are numbers by which any service may be started} */
    public boolean mayStart() {
        return rate(SERVICE_STARTS) != null && concurrentServices() > 0;
    }

    private @Nullable List<Quota> rate(String name) {
        return profile.rates().getOrDefault(name, tier.rates().get(name));
    }

    /** {@return the ports on which services may listen; none for every port} */
    public List<PortRange> ports() {
        return profile.ports();
    }

    /**
     * Tells whether a service may listen on a port.
     *
     * @param port the port
     * @return whether it may
     */
    public boolean allowsPort(int port) {
        return ports().isEmpty() || ports().stream().anyMatch(range -> range.contains(port));
    }

    /** {@return the profile, for people} */
    @Override
    public String toString() {
        return "User" + profile;
    }
}
