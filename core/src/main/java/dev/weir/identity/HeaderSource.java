// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A header that is believed only from listed peers. */
final class HeaderSource implements IdentitySource {

    private static final Logger LOG = System.getLogger(HeaderSource.class.getName());

    private final String name;
    private final List<IpNetwork> trustedPeers;
    private final AtomicBoolean complained = new AtomicBoolean();

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
        if (peer != null && IpNetwork.anyContains(trustedPeers, peer)) {
            return lines.get(0);
        }
        if (!complained.get() && complained.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "WEIR-006: The header {0} arrives from a peer that its trusted-peers do not list, and is not believed."
                            + " If the peer is your gateway, list it; if not, somebody tries. (This is logged once.)",
                    name);
        }
        return null;
    }
}
