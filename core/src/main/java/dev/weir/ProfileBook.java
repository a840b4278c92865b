// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the profile that counts: one set at run time, else the application's own, else the file's, else the default. Of a
 * user that of the user in his tenant, else that of the user, else his tenant's. Thread-safe.
 */
final class ProfileBook {

    private final RatedProfile standard;
    private final RatedProfile anonymous;
    private final Map<String, RatedProfile> tenants;
    private final Map<String, RatedProfile> users;
    private final Map<String, Map<String, RatedProfile>> usersByTenant = new HashMap<>();
    private final ProfileStore store;
    private final @Nullable ProfileCache source;

    /* Design: a bucket follows the highest version that it has met, so the version of a caller's numbers must grow with each
     * change in whatever may be the place that they come from. That of what was set at run time is one growing number for all
     * callers; the last removal lifts all. The versions of a source are each owner's own, so those of the tenant and of the
     * user are added: the sum grows if either does, whoever's numbers count. */

    ProfileBook(Plans plans, LimitCompiler compiler, ProfileStore store, @Nullable ProfileCache source) {
        this.standard = compiler.compile(plans.standard());
        this.anonymous = compiler.compile(plans.anonymous());
        this.tenants = compile(Scope.TENANT, plans.tenants(), compiler);
        this.users = compile(Scope.USER, plans.users(), compiler);
        plans.usersByTenant()
                .forEach((tenant, listed) ->
                        usersByTenant.put(Key.of(Scope.TENANT, tenant).value(), compile(Scope.USER, listed, compiler)));
        this.store = store;
        this.source = source;
    }

    /** By the values of keys, which a long name's digest may be: that is what an identity holds. */
    private static Map<String, RatedProfile> compile(
            Scope scope, Map<String, Profile> profiles, LimitCompiler compiler) {
        Map<String, RatedProfile> compiled = new HashMap<>();
        profiles.forEach((name, profile) -> compiled.put(Key.of(scope, name).value(), compiler.compile(profile)));
        return compiled;
    }

    RatedProfile anonymous() {
        return anonymous;
    }

    RatedProfile ofTenant(Identity identity) {
        Key tenant = identity.tenantKey();
        if (tenant == null) {
            return standard;
        }
        if (store.isUntouched() && source == null) {
            return tenants.getOrDefault(tenant.value(), standard);
        }
        RunTimeMap.Entry<RatedProfile> set = store.profileOf(null, tenant);
        ProfileCache.Answer own = source == null ? ProfileCache.Answer.NONE : source.ofTenant(tenant.value());
        RatedProfile found = set != null ? set.value() : own.profile();
        return (found != null ? found : tenants.getOrDefault(tenant.value(), standard))
                .at(version(set) + own.version());
    }

    /** A user's own profile, else that of his tenant. */
    RatedProfile ofUser(Identity identity, RatedProfile ofTenant) {
        Key user = identity.userKey();
        if (user == null) {
            return ofTenant;
        }
        if (store.isUntouched() && source == null) {
            return listed(identity.tenantKey(), user.value(), ofTenant);
        }
        Key tenant = identity.tenantKey();
        RunTimeMap.Entry<RatedProfile> ofTenantSet = tenant == null ? null : store.profileOf(null, tenant);
        RunTimeMap.Entry<RatedProfile> inTenant = tenant == null ? null : store.profileOf(tenant, user);
        RunTimeMap.Entry<RatedProfile> set = store.profileOf(null, user);
        long version = Math.max(version(ofTenantSet), Math.max(version(inTenant), version(set)));
        ProfileCache.Answer own = ProfileCache.Answer.NONE;
        if (source != null) {
            own = source.ofUser(identity.tenant(), user.value());
            version += own.version()
                    + (tenant == null ? 0 : source.ofTenant(tenant.value()).version());
        }
        RatedProfile found = inTenant != null ? inTenant.value() : set != null ? set.value() : own.profile();
        return (found != null ? found : listed(tenant, user.value(), ofTenant)).at(version);
    }

    /** That of a user or tenant; whoever is known by his address alone is anonymous. */
    RatedProfile ofCaller(Identity identity, RatedProfile ofTenant) {
        boolean named = identity.userKey() != null || identity.tenantKey() != null;
        return named ? ofUser(identity, ofTenant) : anonymous;
    }

    private RatedProfile listed(@Nullable Key tenant, String user, RatedProfile ofTenant) {
        RatedProfile inTenant = tenant == null
                ? null
                : usersByTenant.getOrDefault(tenant.value(), Map.of()).get(user);
        return inTenant != null ? inTenant : users.getOrDefault(user, ofTenant);
    }

    private long version(RunTimeMap.@Nullable Entry<RatedProfile> set) {
        return Math.max(store.leastVersion(), set == null ? 0 : set.version());
    }

    /** Why the caller is blocked, or null if he is not: a block on his tenant or on himself counts, set or in a profile. */
    @Nullable String blockReason(Identity identity, RatedProfile ofTenant, RatedProfile ofUser) {
        String set = store.blockOf(identity);
        if (set != null) {
            return set;
        }
        Optional<String> reason = identity.tenantKey() == null
                ? Optional.empty()
                : ofTenant.profile().blocked();
        if (reason.isEmpty() && identity.userKey() != null) {
            reason = ofUser.profile().blocked();
        }
        return reason.orElse(null);
    }

    /** The most precise profile that is known of a caller: of two of him, that of the user. */
    Profile mostPrecise(Identity identity, RatedProfile ofTenant, RatedProfile ofUser) {
        if (identity.userKey() != null) {
            return ofUser.profile();
        }
        return (identity.tenantKey() != null ? ofTenant : anonymous).profile();
    }
}
