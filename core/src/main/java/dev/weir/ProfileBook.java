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

/** Finds the profile that counts: the application's own, else the file's, else the default. Thread-safe. */
final class ProfileBook {

    private final RatedProfile standard;
    private final RatedProfile anonymous;
    private final Map<String, RatedProfile> tenants;
    private final Map<String, RatedProfile> users;
    private final Map<String, Map<String, RatedProfile>> usersByTenant = new HashMap<>();
    private final @Nullable ProfileCache source;

    ProfileBook(Plans plans, LimitCompiler compiler, @Nullable ProfileCache source) {
        this.standard = compiler.compile(plans.standard());
        this.anonymous = compiler.compile(plans.anonymous());
        this.tenants = compile(Scope.TENANT, plans.tenants(), compiler);
        this.users = compile(Scope.USER, plans.users(), compiler);
        plans.usersByTenant()
                .forEach((tenant, listed) ->
                        usersByTenant.put(Key.of(Scope.TENANT, tenant).value(), compile(Scope.USER, listed, compiler)));
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
        if (identity.tenantKey() == null) {
            return standard;
        }
        String tenant = identity.tenantKey().value();
        RatedProfile own = source == null ? null : source.ofTenant(tenant);
        return own != null ? own : tenants.getOrDefault(tenant, standard);
    }

    /** A user's own profile, else that of his tenant. */
    RatedProfile ofUser(Identity identity, RatedProfile ofTenant) {
        if (identity.userKey() == null) {
            return ofTenant;
        }
        String user = identity.userKey().value();
        RatedProfile own = source == null ? null : source.ofUser(identity.tenant(), user);
        if (own == null && identity.tenantKey() != null) {
            own = usersByTenant
                    .getOrDefault(identity.tenantKey().value(), Map.of())
                    .get(user);
        }
        return own != null ? own : users.getOrDefault(user, ofTenant);
    }

    /** Why the caller is blocked, or null if he is not: a block on his tenant or on himself counts. */
    @Nullable String blockReason(Identity identity, RatedProfile ofTenant, RatedProfile ofUser) {
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
