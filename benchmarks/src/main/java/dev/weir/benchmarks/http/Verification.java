// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** Makes sure that a variant does the work for which it is measured: the headers are there, and it refuses. */
final class Verification {

    private static final ByteBuffer REQUEST = ByteBuffer.wrap(
            ("GET " + WebServer.PATH + " HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Tenant: t\r\nX-User: u\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
    private static final List<String> THREE =
            List.of("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset");
    private static final List<String> IETF = List.of("RateLimit-Policy", "RateLimit");

    private static final int REQUESTS = 20;

    private Verification() {}

    /** Starts each variant on each container for a moment, in this JVM. */
    static void verifyAll() throws Exception {
        for (ServerKind kind : ServerKind.values()) {
            for (Variant variant : Variant.values()) {
                try (WebServer server = kind.start(variant, Limit.CLOSED)) {
                    verify(kind, variant, server.port());
                }
            }
        }
    }

    /** Sends twenty requests to a server with {@link Limit#CLOSED}, which is to answer all, or only the first few. */
    static void verify(ServerKind kind, Variant variant, int port) throws IOException {
        int admitted = 0;
        try (Connection connection = Connection.open(port, 1)) {
            for (int i = 0; i < REQUESTS; i++) {
                connection.send(REQUEST);
                int status = connection.receive();
                if (status == 200 && admitted == i) {
                    admitted++;
                    verifyHeaders(kind, variant, connection.head());
                } else if (status != 429) {
                    throw new IOException(kind.title() + " with " + variant.title() + " answered " + connection.head());
                }
            }
        }
        // Tomcat's makes 8 of 5: it counts in periods whose length is a power of two.
        boolean some = admitted >= Limit.CLOSED.requests() && admitted < 2 * Limit.CLOSED.requests();
        if (variant == Variant.NONE ? admitted < REQUESTS : !some) {
            throw new IOException(kind.title() + " with " + variant.title() + " admitted " + admitted);
        }
    }

    private static void verifyHeaders(ServerKind kind, Variant variant, String head) throws IOException {
        String lines = head.toLowerCase(Locale.ROOT);
        for (String name : names(kind, variant)) {
            if (!lines.contains("\r\n" + name.toLowerCase(Locale.ROOT) + ": ")) {
                throw new IOException(kind.title() + " with " + variant.title() + " wrote no " + name + ": " + head);
            }
        }
        boolean none = names(kind, variant).isEmpty();
        if (none && lines.contains("ratelimit")) {
            throw new IOException(kind.title() + " with " + variant.title() + " should write no headers: " + head);
        }
    }

    private static List<String> names(ServerKind kind, Variant variant) {
        return switch (variant) {
            case NONE -> List.of();
            // Jetty's writes none.
            case OWN -> kind == ServerKind.TOMCAT ? IETF : List.of();
            case NAIVE, WEIR_1, WEIR_3 -> THREE;
            case WEIR_1_ALL_HEADERS -> List.of(THREE.get(0), THREE.get(1), THREE.get(2), IETF.get(0), IETF.get(1));
        };
    }
}
