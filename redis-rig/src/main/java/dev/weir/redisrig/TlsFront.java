// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * An encrypted way to a server on loopback that speaks no TLS itself. A client that does not trust the certificate reaches
 * nothing. At most 100 connections at a time, further ones are closed. Thread-safe.
 */
public final class TlsFront implements AutoCloseable {

    private static final int MAX_LINKS = 100;
    private static final int BUFFER = 8192;

    private final int target;
    private final SSLContext context;
    private final ServerSocket listener;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong forwarded = new AtomicLong();

    private TlsFront(int target, SSLContext context) throws IOException {
        this.target = target;
        this.context = context;
        this.listener = Loopback.listen();
    }

    /**
     * Opens a front.
     *
     * @param port the port of the server on 127.0.0.1
     * @param context holds the certificate to show
     * @return the front, which the caller closes
     * @throws IOException if no port can be had
     */
    public static TlsFront to(int port, SSLContext context) throws IOException {
        TlsFront front = new TlsFront(port, context);
        front.daemon("weir-tls-accept", front::accept);
        return front;
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket raw = listener.accept();
                accepted.incrementAndGet();
                if (open.size() >= MAX_LINKS) {
                    raw.close();
                } else {
                    daemon("weir-tls-link", () -> serve(raw));
                }
            }
        } catch (IOException e) {
            // The listener was closed, which is how this ends.
        }
    }

    private void serve(Socket raw) {
        try (Socket client = raw;
                SSLSocket secure = (SSLSocket) context.getSocketFactory().createSocket(client, null, 0, true)) {
            open.add(client);
            secure.setUseClientMode(false);
            secure.startHandshake();
            try (Socket server = new Socket(Loopback.ADDRESS, target)) {
                open.add(server);
                daemon("weir-tls-replies", () -> pump(server, secure));
                pump(secure, server);
                open.remove(server);
            }
        } catch (IOException e) {
            // A handshake that failed, or an end: the client knows.
        } finally {
            open.remove(raw);
        }
    }

    private void pump(Socket from, Socket to) {
        byte[] buffer = new byte[BUFFER];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                forwarded.addAndGet(read);
                out.write(buffer, 0, read);
                out.flush();
            }
        } catch (IOException e) {
            // One of both has ended, and the other follows.
        } finally {
            quietlyClose(from);
            quietlyClose(to);
        }
    }

    private static void quietlyClose(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is closed.
        }
    }

    /** {@return how many connections have come} */
    public long accepted() {
        return accepted.get();
    }

    /** {@return how many bytes of plain text have passed, in both directions} */
    public long forwarded() {
        return forwarded.get();
    }

    /** {@return the port on 127.0.0.1} */
    public int port() {
        return listener.getLocalPort();
    }

    /** {@return the address as clients of Redis want it} */
    public String uri() {
        return "rediss://" + Loopback.ADDRESS.getHostAddress() + ":" + port();
    }

    /** Ends the connections. */
    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(TlsFront::quietlyClose);
    }
}
