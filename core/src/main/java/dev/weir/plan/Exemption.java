// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static java.util.Objects.requireNonNull;

import dev.weir.identity.IpAddress;
import dev.weir.identity.IpNetwork;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are never charged and never limited.
 *
 * <p>Immutable.
 *
 * @param path their paths
 * @param from the client addresses from which they are exempt; none for all
 * @since 0.1
 */
public record Exemption(PathGlob path, List<IpNetwork> from) {

    /**
     * Copies the list.
     *
     * @param path their paths
     * @param from the client addresses from which they are exempt; none for all
     */
    public Exemption {
        requireNonNull(path, "path");
        from = List.copyOf(from);
    }

    /**
     * Tells whether a request is exempt.
     *
     * @param requestPath the path inside the application
     * @param client the client's address, or null if unknown
     * @return whether it is
     */
    public boolean covers(String requestPath, @Nullable IpAddress client) {
        if (!path.matches(requestPath)) {
            return false;
        }
        for (int i = 0; client != null && i < from.size(); i++) {
            if (from.get(i).contains(client)) {
                return true;
            }
        }
        return from.isEmpty();
    }
}
