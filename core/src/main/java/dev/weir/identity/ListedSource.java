// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A source that is believed only where it finds one of some names. */
final class ListedSource implements IdentitySource {

    private final IdentitySource source;
    private final Set<String> allowed;

    ListedSource(IdentitySource source, Set<String> allowed) {
        this.source = source;
        this.allowed = Set.copyOf(allowed);
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        String name = source.find(request);
        return name != null && allowed.contains(name) ? name : null;
    }
}
