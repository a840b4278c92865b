// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All tiers, and who has which.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class Plans {

    private final Map<String, Tier> tiers;
    private final Profile standard;
    private final Profile anonymous;
    private final Map<String, Profile> tenants;
    private final Map<String, Profile> users;
    private final Map<String, Map<String, Profile>> usersByTenant;

    /**
     * Collects the plans.
     *
     * @param tiers the tiers by name, the built-in ones included
     * @param standard what a known tenant or user has who is not listed
     * @param anonymous what a caller has who is known by address alone
     * @param tenants the profiles of tenants, by name
     * @param users the profiles of users, by name, in whatever tenant
     * @param usersByTenant the profiles of users of one tenant only, by tenant and name
     * @throws IllegalArgumentException if a profile names a tier that does not exist
     */
    public Plans(
            Map<String, Tier> tiers,
            Profile standard,
            Profile anonymous,
            Map<String, Profile> tenants,
            Map<String, Profile> users,
            Map<String, Map<String, Profile>> usersByTenant) {
        this.tiers = Map.copyOf(tiers);
        this.standard = requireNonNull(standard, "standard");
        this.anonymous = requireNonNull(anonymous, "anonymous");
        this.tenants = Map.copyOf(tenants);
        this.users = Map.copyOf(users);
        Map<String, Map<String, Profile>> copy = new HashMap<>();
        usersByTenant.forEach((tenant, profiles) -> copy.put(tenant, Map.copyOf(profiles)));
        this.usersByTenant = Map.copyOf(copy);
        tier(standard);
        tier(anonymous);
        this.tenants.values().forEach(this::tier);
        this.users.values().forEach(this::tier);
        this.usersByTenant.values().forEach(profiles -> profiles.values().forEach(this::tier));
    }

    /**
     * Finds the tier of a profile.
     *
     * @param profile the profile
     * @return its tier
     * @throws IllegalArgumentException if there is none of that name
     */
    public Tier tier(Profile profile) {
        Tier tier = tiers.get(profile.tier());
        if (tier == null) {
            throw new IllegalArgumentException("there is no tier \"" + profile.tier() + "\"");
        }
        return tier;
    }

    /** {@return the tiers by name} */
    public Map<String, Tier> tiers() {
        return tiers;
    }

    /** {@return what a known tenant or user has who is not listed} */
    public Profile standard() {
        return standard;
    }

    /** {@return what a caller has who is known by address alone} */
    public Profile anonymous() {
        return anonymous;
    }

    /** {@return the profiles of tenants, by name} */
    public Map<String, Profile> tenants() {
        return tenants;
    }

    /** {@return the profiles of users, by name, in whatever tenant} */
    public Map<String, Profile> users() {
        return users;
    }

    /** {@return the profiles of users of one tenant only, by tenant and name} */
    public Map<String, Map<String, Profile>> usersByTenant() {
        return usersByTenant;
    }

    /**
     * Finds the listed profile of a user.
     *
     * @param tenant the tenant inside which the user calls, empty if there is none
     * @param user the user
     * @return the one inside this tenant, else the one in whatever tenant, else empty
     */
    public Optional<Profile> ofUser(Optional<String> tenant, String user) {
        Profile inTenant = tenant.map(usersByTenant::get)
                .map(profiles -> profiles.get(user))
                .orElse(null);
        return Optional.ofNullable(inTenant != null ? inTenant : users.get(user));
    }
}
