// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The resolver that follows the configuration: for each part of the identity, the first source that finds a name.
 *
 * <p>The address is not its concern; the limiter adds it. Thread-safe if its sources are.
 *
 * @since 0.1
 */
public final class ConfiguredKeyResolver implements RateLimitKeyResolver {

    private final List<IdentitySource> tenantSources;
    private final List<IdentitySource> userSources;

    /**
     * Makes a resolver.
     *
     * @param tenantSources where to look for the tenant, in this order
     * @param userSources where to look for the user, in this order
     */
    public ConfiguredKeyResolver(List<IdentitySource> tenantSources, List<IdentitySource> userSources) {
        this.tenantSources = List.copyOf(tenantSources);
        this.userSources = List.copyOf(userSources);
    }

    @Override
    public Identity resolve(RateLimitRequest request) {
        return Identity.of(first(tenantSources, request), first(userSources, request));
    }

    private static @Nullable String first(List<IdentitySource> sources, RateLimitRequest request) {
        for (int i = 0; i < sources.size(); i++) {
            String name = sources.get(i).find(request);
            if (name != null && !name.isBlank()) {
                return name;
            }
        }
        return null;
    }
}
