// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What one tenant or user has: a tier, perhaps numbers of its own, perhaps a block.
 *
 * <pre>{@code
 * Profile globex = Profile.ofTier("basic").withRate("requests", Quota.perMinute(100)).withVersion(7);
 * }</pre>
 *
 * <p>A number of its own replaces the tier's whole: rate, burst and list. When numbers change, the version must grow, or
 * buckets that exist keep the old ones.
 *
 * <p>Immutable; each {@code with} answers a changed copy.
 *
 * @since 0.1
 */
public final class Profile {

    /** The highest version. */
    public static final long MAX_VERSION = 0xFFFF_FFFEL;

    private final String tier;
    private final Map<String, List<Quota>> rates;
    private final Map<String, Long> concurrent;
    private final Map<String, Long> grants;
    private final List<PortRange> ports;
    private final @Nullable String blocked;
    private final long version;

    private Profile(
            String tier,
            Map<String, List<Quota>> rates,
            Map<String, Long> concurrent,
            Map<String, Long> grants,
            List<PortRange> ports,
            @Nullable String blocked,
            long version) {
        this.tier = tier;
        this.rates = Map.copyOf(rates);
        this.concurrent = Map.copyOf(concurrent);
        this.grants = Map.copyOf(grants);
        this.ports = List.copyOf(ports);
        this.blocked = blocked;
        this.version = version;
    }

    /**
     * Makes a profile with the numbers of a tier.
     *
     * @param tier the name of the tier
     * @return the profile, of version 0
     */
    public static Profile ofTier(String tier) {
        return new Profile(requireNonNull(tier, "tier"), Map.of(), Map.of(), Map.of(), List.of(), null, 0);
    }

    /**
     * Sets a rate of its own.
     *
     * @param name the name of the rate, such as {@code requests}
     * @param quotas the quotas, all of which must hold; none for unlimited
     * @return a changed copy
     */
    public Profile withRate(String name, Quota... quotas) {
        return withRate(name, List.of(quotas));
    }

    /**
     * Sets a rate of its own.
     *
     * @param name the name of the rate, such as {@code requests}
     * @param quotas the quotas, all of which must hold; none for unlimited
     * @return a changed copy
     */
    public Profile withRate(String name, List<Quota> quotas) {
        return new Profile(tier, with(rates, name, List.copyOf(quotas)), concurrent, grants, ports, blocked, version);
    }

    /**
     * Sets how many it may hold at once.
     *
     * @param name what is held, such as {@code requests} or {@code services}
     * @param max how many, at least 1
     * @return a changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public Profile withConcurrent(String name, long max) {
        return new Profile(tier, rates, with(concurrent, name, positive(name, max)), grants, ports, blocked, version);
    }

    /**
     * Sets what one start may ask for.
     *
     * @param name what, such as {@code memory-mb} or {@code cpu-percent}
     * @param max how much, at least 1
     * @return a changed copy
     * @throws IllegalArgumentException if the number is below 1
     */
    public Profile withGrant(String name, long max) {
        return new Profile(tier, rates, concurrent, with(grants, name, positive(name, max)), ports, blocked, version);
    }

    /**
     * Sets the ports on which it may start services.
     *
     * @param allowed the ranges; none for every port
     * @return a changed copy
     */
    public Profile withPorts(List<PortRange> allowed) {
        return new Profile(tier, rates, concurrent, grants, allowed, blocked, version);
    }

    /**
     * Blocks it.
     *
     * @param reason why, for the operator; the caller is not told
     * @return a changed copy
     */
    public Profile withBlock(String reason) {
        return new Profile(tier, rates, concurrent, grants, ports, requireNonNull(reason, "reason"), version);
    }

    /**
     * Sets the version.
     *
     * @param version a number that grows whenever other numbers change, 0 to {@link #MAX_VERSION}
     * @return a changed copy
     * @throws IllegalArgumentException if the version is out of range
     */
    public Profile withVersion(long version) {
        if (version < 0 || version > MAX_VERSION) {
            throw new IllegalArgumentException("version must be 0 to " + MAX_VERSION + " but was " + version);
        }
        return new Profile(tier, rates, concurrent, grants, ports, blocked, version);
    }

    private static long positive(String name, long number) {
        if (number < 1) {
            throw new IllegalArgumentException(name + " must be at least 1 but was " + number);
        }
        return number;
    }

    private static <V> Map<String, V> with(Map<String, V> map, String name, V value) {
        Map<String, V> changed = new HashMap<>(map);
        changed.put(requireNonNull(name, "name"), value);
        return changed;
    }

    /** {@return the name of its tier} */
    public String tier() {
        return tier;
    }

    /** {@return its own rates by name; an empty list is unlimited} */
    public Map<String, List<Quota>> rates() {
        return rates;
    }

    /** {@return its own numbers of what it may hold at once} */
    public Map<String, Long> concurrent() {
        return concurrent;
    }

    /** {@return its own numbers of what one start may ask for} */
    public Map<String, Long> grants() {
        return grants;
    }

    /** {@return the ports on which it may start services; none for every port} */
    public List<PortRange> ports() {
        return ports;
    }

    /** {@return why it is blocked, empty if it is not} */
    public Optional<String> blocked() {
        return Optional.ofNullable(blocked);
    }

    /** {@return the version} */
    public long version() {
        return version;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Profile other
                && tier.equals(other.tier)
                && rates.equals(other.rates)
                && concurrent.equals(other.concurrent)
                && grants.equals(other.grants)
                && ports.equals(other.ports)
                && Objects.equals(blocked, other.blocked)
                && version == other.version;
    }

    @Override
    public int hashCode() {
        return Objects.hash(tier, rates, concurrent, grants, ports, blocked, version);
    }

    @Override
    public String toString() {
        return "Profile[" + tier + ", rates=" + rates + ", concurrent=" + concurrent + ", grants=" + grants + ", ports="
                + ports + (blocked == null ? "" : ", blocked") + ", v" + version + "]";
    }
}
