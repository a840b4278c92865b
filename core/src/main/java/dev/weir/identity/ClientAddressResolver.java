// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import static java.util.Objects.requireNonNull;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of the client: the peer, or behind trusted proxies what they say of him.
 *
 * <p>A peer that is no trusted proxy is the client, whatever he writes into his headers. Behind a trusted one, the one
 * configured header is read from the right: hops that are trusted proxies themselves are passed over, the first other is
 * the client. A hop that is not an address ends the walk at the last good one. At most {@value #MAX_HOPS} hops in the
 * last {@value #MAX_LENGTH} characters are looked at. Nothing is ever looked up in DNS.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class ClientAddressResolver {

    static final int MAX_HOPS = 32;
    static final int MAX_LENGTH = 4096;
    private static final int WATCHED_REQUESTS = 10_000;
    private static final Logger LOG = System.getLogger(ClientAddressResolver.class.getName());

    private final List<IpNetwork> trustedProxies;
    private final String header;
    private final boolean rfc7239;
    private final AtomicInteger watched = new AtomicInteger();

    /**
     * Makes a resolver.
     *
     * @param trustedProxies the proxies whose header is believed; none to count by the peer alone
     * @param header {@code X-Forwarded-For}, or another of the same form, or {@code Forwarded} of RFC 7239
     */
    public ClientAddressResolver(List<IpNetwork> trustedProxies, String header) {
        this.trustedProxies = List.copyOf(trustedProxies);
        this.header = requireNonNull(header, "header");
        this.rfc7239 = header.equalsIgnoreCase("Forwarded");
    }

    /**
     * Finds the client's address.
     *
     * @param request the request
     * @return the address, or null if the container names a peer that has none, as behind a Unix socket
     */
    public @Nullable IpAddress resolve(RateLimitRequest request) {
        IpAddress peer = Hop.parse(request.remoteAddress());
        if (trustedProxies.isEmpty()) {
            watchForProxies(request);
            return peer;
        }
        return peer != null && IpNetwork.anyContains(trustedProxies, peer) ? walk(peer, request.headers(header)) : peer;
    }

    private IpAddress walk(IpAddress peer, List<String> lines) {
        IpAddress lastGood = peer;
        int hops = 0;
        int looked = 0;
        for (int line = lines.size() - 1; line >= 0; line--) {
            String text = lines.get(line);
            int end = text.length();
            while (end >= 0) {
                int comma = text.lastIndexOf(',', end - 1);
                String element = text.substring(comma + 1, end);
                looked += element.length() + 1;
                if (++hops > MAX_HOPS || looked > MAX_LENGTH) {
                    return lastGood;
                }
                String node = rfc7239 ? ForwardedElement.node(element) : element;
                IpAddress hop = node == null ? null : Hop.parse(node);
                if (hop == null) {
                    return lastGood;
                }
                lastGood = hop;
                if (!IpNetwork.anyContains(trustedProxies, hop)) {
                    return hop;
                }
                end = comma;
            }
        }
        return lastGood;
    }

    /* Design: a proxy that nobody configured shows in the first requests after a start, so looking at those is enough,
     * and the others do not pay for it. */
    private void watchForProxies(RateLimitRequest request) {
        if (watched.get() >= WATCHED_REQUESTS || watched.getAndIncrement() >= WATCHED_REQUESTS) {
            return;
        }
        if (request.header("X-Forwarded-For") != null || request.header("Forwarded") != null) {
            watched.set(WATCHED_REQUESTS);
            LOG.log(
                    Level.WARNING,
                    "WEIR-004: Requests arrive with X-Forwarded-For or Forwarded, but identity.ip.trusted-proxies lists no"
                            + " proxy: all callers behind one proxy share one bucket. List your proxies there, or, if there are"
                            + " none, ignore this: the headers are not believed.");
        }
    }
}
