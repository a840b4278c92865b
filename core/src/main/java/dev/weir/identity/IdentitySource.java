// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One place where a tenant or a user can be found.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface IdentitySource {

    /**
     * Looks for a name.
     *
     * @param request the request
     * @return the name, or null if this place holds none that can be believed
     */
    @Nullable String find(RateLimitRequest request);

    /**
     * Looks into a request attribute that the application itself has set.
     *
     * @param name the attribute's name
     * @return the source; it believes text, numbers, UUIDs, enums and principals, whose text names somebody
     */
    static IdentitySource attribute(String name) {
        return new AttributeSource(name);
    }

    /**
     * Looks into a header, which is believed only from some peers.
     *
     * @param name the header's name
     * @param trustedPeers the peers whose header is believed, at least one
     * @return the source; a header that is there twice is not believed
     * @throws IllegalArgumentException if no peer is listed, because then any client could be anybody
     */
    static IdentitySource header(String name, List<IpNetwork> trustedPeers) {
        return new HeaderSource(name, trustedPeers);
    }

    /** {@return a source that names the authenticated principal} */
    static IdentitySource principal() {
        return request -> {
            var principal = request.principal();
            return principal == null ? null : principal.getName();
        };
    }
}
