// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The only address that the rig knows.
 *
 * <p>Its ports lie below those that systems give to outgoing connections, so that nobody takes the port of a server that
 * is down for a moment, and no client that calls such a port connects to itself.
 */
final class Loopback {

    static final InetAddress ADDRESS = address();

    private static final int FIRST_PORT = 20_000;
    private static final int PAST_PORTS = 30_000;
    private static final int BUS_ABOVE = 10_000;
    private static final int PAST_BUS_PORTS = 32_768; // where Linux begins with outgoing connections
    private static final int ATTEMPTS = 100;
    private static final int BACKLOG = 256;

    private Loopback() {}

    private static InetAddress address() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    static InetSocketAddress endpoint(int port) {
        return new InetSocketAddress(ADDRESS, port);
    }

    /** {@return a port on which nobody listens now} */
    static int freePort() throws IOException {
        try (ServerSocket socket = listen()) {
            return socket.getLocalPort();
        }
    }

    /** {@return a port on which nobody listens now, nor on the one 10,000 above, where nodes of a cluster talk} */
    static int freeClusterPort() throws IOException {
        for (int i = 0; i < ATTEMPTS; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, PAST_BUS_PORTS - BUS_ABOVE);
            if (isFree(port) && isFree(port + BUS_ABOVE)) {
                return port;
            }
        }
        throw new IOException("no two ports from " + FIRST_PORT + " on are free");
    }

    private static boolean isFree(int port) throws IOException {
        try (ServerSocket socket = listen(port)) {
            return socket.isBound();
        } catch (BindException e) {
            return false;
        }
    }

    /** {@return a socket that listens on any port} */
    static ServerSocket listen() throws IOException {
        BindException last = null;
        for (int i = 0; i < ATTEMPTS; i++) {
            try {
                return listen(ThreadLocalRandom.current().nextInt(FIRST_PORT, PAST_PORTS));
            } catch (BindException e) {
                last = e;
            }
        }
        throw new IOException("no port from " + FIRST_PORT + " on is free", last);
    }

    /** {@return a socket that listens on this port, even if old connections to it are still there} */
    static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(endpoint(port), BACKLOG);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }
}
