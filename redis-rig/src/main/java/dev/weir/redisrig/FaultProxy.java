// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A way to a server on loopback that can be broken while it is in use.
 *
 * <p>It has one fault at a time, or none: each call of {@link #delay}, {@link #swallowReplies} and so on takes the place of
 * the one before, for connections that are there and for new ones, and {@link #pass} ends them all. A fault holds for what
 * arrives after the call. {@link #cut} is an event, and leaves the fault as it is.
 *
 * <p>At most 1,000 connections at a time, further ones are reset. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {

    private static final int MAX_LINKS = 1_000;
    private static final long JOIN_MILLIS = 5_000;

    private final InetSocketAddress target;
    private final int port;
    private final int maxLinks;
    private final Faults.Switch faults = new Faults.Switch();
    private final ScheduledThreadPoolExecutor timer = timer();
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Link.Ends ends = new Link.Ends(timer, links::remove);
    private final AtomicLong accepted = new AtomicLong();
    private @Nullable ServerSocket listener; // guarded by this
    private @Nullable Thread acceptor; // guarded by this
    private boolean isClosed; // guarded by this

    private FaultProxy(int targetPort, ServerSocket listener, int maxLinks) {
        this.maxLinks = maxLinks;
        this.target = Loopback.endpoint(targetPort);
        this.port = listener.getLocalPort();
        listen(listener);
    }

    /**
     * Opens a proxy that passes everything.
     *
     * @param port the port of the server on 127.0.0.1, which need not be there yet
     * @return the proxy, which the caller closes
     * @throws IOException if it cannot be opened
     */
    public static FaultProxy to(int port) throws IOException {
        return to(port, MAX_LINKS);
    }

    static FaultProxy to(int port, int maxLinks) throws IOException {
        return new FaultProxy(port, Loopback.listen(), maxLinks);
    }

    private static ScheduledThreadPoolExecutor timer() {
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    Thread thread = new Thread(task, "weir-proxy-timer");
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.DiscardPolicy());
        timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return timer;
    }

    private synchronized void listen(ServerSocket socket) {
        Thread thread = new Thread(() -> accept(socket), "weir-proxy-accept");
        thread.setDaemon(true);
        listener = socket;
        acceptor = thread;
        thread.start();
    }

    private void accept(ServerSocket socket) {
        try {
            while (true) {
                Socket client = socket.accept();
                accepted.incrementAndGet();
                if (links.size() >= maxLinks) {
                    Link.reset(client);
                    continue;
                }
                Link link = new Link(client, target, faults, ends);
                links.add(link);
                link.start();
            }
        } catch (IOException e) {
            // The socket was closed, which is how this ends.
        }
    }

    /** {@return the address as clients of Redis want it, such as {@code redis://127.0.0.1:20000}} */
    public String uri() {
        return "redis://" + Loopback.ADDRESS.getHostAddress() + ":" + port;
    }

    /** {@return the port on 127.0.0.1, always the same} */
    public int port() {
        return port;
    }

    /** {@return how many connections were accepted since the beginning} */
    public long accepted() {
        return accepted.get();
    }

    /** {@return how many connections there are now} */
    public int open() {
        return links.size();
    }

    /**
     * Ends every fault. What a hole has held back goes on; a connection out of which something was swallowed is cut.
     *
     * @throws IOException if the port cannot be had again
     */
    public void pass() throws IOException {
        set(Faults.NONE);
    }

    /**
     * Lets replies arrive later, requests at once.
     *
     * @param delay how much later; what follows is not slowed down by what is on its way
     * @throws IOException if the port cannot be had again
     */
    public void delay(Duration delay) throws IOException {
        set(new Faults(Faults.Way.FREE, new Faults.Way(delay.toNanos(), false), false));
    }

    /**
     * Lets requests arrive later, perhaps when nobody waits for the reply any more; replies at once.
     *
     * @param delay how much later; what follows is not slowed down by what is on its way
     * @throws IOException if the port cannot be had again
     */
    public void delayRequests(Duration delay) throws IOException {
        set(new Faults(new Faults.Way(delay.toNanos(), false), Faults.Way.FREE, false));
    }

    /**
     * Loses what clients send, so that nothing is carried out.
     *
     * @throws IOException if the port cannot be had again
     */
    public void swallowRequests() throws IOException {
        set(new Faults(Faults.Way.SWALLOWED, Faults.Way.FREE, false));
    }

    /**
     * Loses what the server sends, so that everything is carried out and nobody knows.
     *
     * @throws IOException if the port cannot be had again
     */
    public void swallowReplies() throws IOException {
        set(new Faults(Faults.Way.FREE, Faults.Way.SWALLOWED, false));
    }

    /**
     * Accepts connections, and passes neither requests nor replies nor ends until another fault is set: a network that is
     * away for a while.
     *
     * @throws IOException if the port cannot be had again
     */
    public void blackhole() throws IOException {
        set(Faults.HOLE);
    }

    private synchronized void set(Faults next) throws IOException {
        requireOpen();
        faults.set(next);
        links.forEach(Link::cutIfTorn);
        if (listener == null) {
            listen(Loopback.listen(port));
        }
    }

    /**
     * Refuses new connections: nobody listens any more. Those that are there go on, unless they are {@link #cut}.
     *
     * @throws IOException if the caller is interrupted
     */
    public synchronized void refuse() throws IOException {
        requireOpen();
        faults.set(Faults.NONE);
        links.forEach(Link::cutIfTorn);
        stopListening();
    }

    /** Cuts all connections with a reset; clients may connect again at once. */
    public void cut() {
        links.forEach(Link::cut);
    }

    private void requireOpen() {
        if (isClosed) {
            throw new IllegalStateException("the proxy is closed");
        }
    }

    private synchronized void stopListening() throws IOException {
        ServerSocket socket = listener;
        Thread thread = acceptor;
        if (socket != null && thread != null) {
            socket.close();
            join(thread);
        }
        listener = null;
        acceptor = null;
    }

    /**
     * Cuts all connections, and ends all threads; closing again has no effect.
     *
     * @throws IOException if the caller is interrupted
     */
    @Override
    public synchronized void close() throws IOException {
        isClosed = true;
        stopListening();
        List<Link> last = List.copyOf(links);
        last.forEach(Link::cut);
        timer.shutdownNow();
        try {
            for (Link link : last) {
                link.join();
            }
            if (!timer.awaitTermination(JOIN_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new IOException("the timer of the proxy does not end");
            }
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static IOException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return (IOException) new InterruptedIOException("interrupted while the proxy was changed").initCause(e);
    }
}
