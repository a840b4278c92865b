// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A header that is believed only from listed peers. */
final class HeaderSource implements IdentitySource {

    private final String name;
    private final List<IpNetwork> trustedPeers;

    HeaderSource(String name, List<IpNetwork> trustedPeers) {
        this.name = name;
        this.trustedPeers = List.copyOf(trustedPeers);
        if (this.trustedPeers.isEmpty()) {
            throw new IllegalArgumentException("header " + name
                    + " must have trusted-peers: without them any client could send it and be anybody");
        }
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        List<String> lines = request.headers(name);
        if (lines.size() != 1) {
            return null;
        }
        IpAddress peer = Hop.parse(request.remoteAddress());
        return peer != null && IpNetwork.anyContains(trustedPeers, peer) ? lines.get(0) : null;
    }
}
