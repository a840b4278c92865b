// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.List;
import java.util.Set;
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

    /**
     * Looks into a claim of the token that the authenticated principal carries: one with {@code Map getTokenAttributes()},
     * as those of Spring Security have, or {@code getClaim(String)}, as MicroProfile's JsonWebToken has. No token is decoded.
     *
     * @param path the claim's name, or the names on the way to it with dots between them; {@code *} for the only value of
     *     an object. A list of one value is that value, one of several is none
     * @return the source
     */
    static IdentitySource claim(String path) {
        return new ClaimSource(path);
    }

    /**
     * Looks into an attribute of the session, if the request has one. None is made.
     *
     * @param name the attribute's name
     * @return the source; it believes what {@link #attribute} does
     */
    static IdentitySource session(String name) {
        return new SessionSource(name);
    }

    /**
     * Names the caller by the SHA-256 digest of a header that holds a secret: {@code key-} and 64 hexadecimal digits. The
     * header itself is not kept. Anybody can send one, so whoever does is only who sends the same again.
     *
     * @param header the header's name
     * @return the source; a header that is there twice names nobody
     */
    static IdentitySource apiKey(String header) {
        return new ApiKeySource(header);
    }

    /**
     * Looks at the one label of the host's name that stands before a suffix. Anybody can send any host.
     *
     * @param suffixes such as {@code example.com}, in small letters, at least one
     * @return the source
     * @throws IllegalArgumentException if a suffix is not the end of a host's name
     */
    static IdentitySource host(List<String> suffixes) {
        return new HostSource(suffixes);
    }

    /**
     * Looks at one segment of the path. Anybody can ask for any path.
     *
     * @param pattern such as {@code /t/{tenant}/**}
     * @param part the name in the braces
     * @return the source
     * @throws IllegalArgumentException if the pattern has not exactly one such segment
     */
    static IdentitySource path(String pattern, String part) {
        return new PathSource(pattern, part);
    }

    /**
     * Believes this source only where it finds one of some names.
     *
     * @param names the names
     * @return a source that finds these only
     */
    default IdentitySource only(Set<String> names) {
        return new ListedSource(this, names);
    }
}
