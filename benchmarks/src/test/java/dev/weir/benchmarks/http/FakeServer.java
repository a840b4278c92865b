// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Sends the same pieces after each request, whatever it says, and closes the connection when a piece is empty. */
final class FakeServer implements AutoCloseable {

    private final ServerSocket socket;
    private final List<String> pieces;
    private final Thread thread = new Thread(this::accept, "fake-server");

    FakeServer(String... pieces) throws IOException {
        this.socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        this.pieces = List.of(pieces);
        thread.start();
    }

    int port() {
        return socket.getLocalPort();
    }

    /** One connection after the other: nobody here needs two. */
    private void accept() {
        while (!socket.isClosed()) {
            try (Socket connection = socket.accept()) {
                connection.setTcpNoDelay(true);
                serve(connection);
            } catch (IOException e) {
                // Closed: from this side at the end, or by the client.
            }
        }
    }

    private void serve(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        OutputStream out = connection.getOutputStream();
        while (readRequest(in)) {
            for (String piece : pieces) {
                if (piece.isEmpty()) {
                    return;
                }
                out.write(piece.getBytes(StandardCharsets.ISO_8859_1));
                out.flush();
            }
        }
    }

    private static boolean readRequest(InputStream in) throws IOException {
        int newLines = 0;
        while (newLines < 2) {
            int next = in.read();
            if (next < 0) {
                return false;
            }
            newLines = next == '\n' ? newLines + 1 : next == '\r' ? newLines : 0;
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
