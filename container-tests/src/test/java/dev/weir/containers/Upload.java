// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A client that sends a body and listens at the same time, as browsers and curl do. */
final class Upload implements AutoCloseable {

    private static final int CHUNK = 64 * 1024;
    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;
    private final StringBuilder read = new StringBuilder();

    Upload(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(PATIENCE_MILLIS);
    }

    /** Sends the head of a POST, whose body is to follow. */
    Upload head(String path, long length, String... headers) throws IOException {
        StringBuilder head = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: shop\r\nContent-Length: " + length
                + "\r\nContent-Type: application/octet-stream\r\n");
        for (String header : headers) {
            head.append(header).append("\r\n");
        }
        write(head.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    private void write(byte[] bytes) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(bytes);
        out.flush();
    }

    /** Sends as much of the body as the server takes. */
    CompletableFuture<Long> send(long length) {
        return CompletableFuture.supplyAsync(() -> {
            long sent = 0;
            try {
                for (; sent < length; sent += Math.min(CHUNK, length - sent)) {
                    write(new byte[(int) Math.min(CHUNK, length - sent)]);
                }
            } catch (IOException e) {
                return sent;
            }
            return sent;
        });
    }

    /** Reads up to the end of an answer with this in its last line, or an interim answer. */
    String until(String end) throws IOException {
        InputStream in = socket.getInputStream();
        while (read.indexOf(end) < 0) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after " + read);
            }
            read.append((char) next);
        }
        String found = read.substring(0, read.indexOf(end) + end.length());
        read.delete(0, found.length());
        return found;
    }

    /** {@return whether the server ends the connection while the client is silent} */
    boolean isEnded(Duration patience) throws InterruptedException, ExecutionException {
        CompletableFuture<Integer> next = CompletableFuture.supplyAsync(() -> {
            try {
                return socket.getInputStream().read();
            } catch (SocketException e) {
                return -1; // reset
            } catch (IOException e) {
                return 0;
            }
        });
        try {
            return next.get(patience.toMillis(), TimeUnit.MILLISECONDS) < 0;
        } catch (TimeoutException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
