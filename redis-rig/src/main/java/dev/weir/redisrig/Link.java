// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * One connection through the proxy: two sockets, and a thread for each direction. Thread-safe.
 *
 * <p>A connection out of whose middle something was swallowed is cut before anything else passes that way. Networks that
 * lose packets do the same: they never deliver a stream with a hole in it, and a client would take one reply for another.
 */
final class Link {

    private static final int CONNECT_MILLIS = 1_000;
    private static final int BUFFER_BYTES = 16 * 1_024;
    private static final long JOIN_MILLIS = 5_000;

    private final Socket client;
    private final Socket server = new Socket();
    private final InetSocketAddress target;
    private final Faults.Switch faults;
    private final ScheduledExecutorService timer;
    private final Consumer<Link> whenEnded;
    private final Thread up = daemon("weir-proxy-up", () -> run(this::passUp));
    private final Thread down = daemon("weir-proxy-down", () -> run(this::passDown));
    private volatile boolean hasLostRequests;
    private volatile boolean hasLostReplies;

    private interface Task {
        void run() throws IOException, InterruptedException;
    }

    Link(Socket client, InetSocketAddress target, Faults.Switch faults, Ends ends) {
        this.client = client;
        this.target = target;
        this.faults = faults;
        this.timer = ends.timer;
        this.whenEnded = ends.whenEnded;
    }

    /** What a link needs of its proxy. */
    record Ends(ScheduledExecutorService timer, Consumer<Link> whenEnded) {}

    private static Thread daemon(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    /** Connects to the target as soon as there is a way to it, and begins to pass on. */
    void start() {
        up.start();
    }

    private void run(Task task) {
        try {
            pass(task);
        } catch (InterruptedException e) {
            cut();
        }
    }

    /** What happens to one end happens to the other, but nobody hears of it through a hole. */
    private void pass(Task task) throws InterruptedException {
        try {
            task.run();
        } catch (IOException e) {
            faults.awaitWay();
            cut();
        }
    }

    private void passUp() throws IOException, InterruptedException {
        faults.awaitWay();
        client.setTcpNoDelay(true);
        server.setTcpNoDelay(true);
        server.connect(target, CONNECT_MILLIS);
        down.start();
        Outlet outlet = new Outlet(server.getOutputStream(), timer, this::cut);
        byte[] buffer = new byte[BUFFER_BYTES];
        InputStream in = client.getInputStream();
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            Faults.Way way = faults.awaitWay().requests();
            hasLostRequests = pass(Arrays.copyOf(buffer, length), outlet, way, hasLostRequests);
        }
        closeAfter(faults.awaitWay().requests());
    }

    private void passDown() throws IOException, InterruptedException {
        Outlet outlet = new Outlet(client.getOutputStream(), timer, this::cut);
        byte[] buffer = new byte[BUFFER_BYTES];
        InputStream in = server.getInputStream();
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
            Faults.Way way = faults.awaitWay().replies();
            hasLostReplies = pass(Arrays.copyOf(buffer, length), outlet, way, hasLostReplies);
        }
        closeAfter(faults.awaitWay().replies());
    }

    /** {@return whether something of this direction is lost} */
    private static boolean pass(byte[] piece, Outlet outlet, Faults.Way way, boolean hasLost)
            throws IOException, InterruptedException {
        if (way.swallows()) {
            return true;
        }
        if (hasLost) {
            throw new IOException("nothing follows what was swallowed");
        }
        outlet.send(piece, way.delayNanos());
        return false;
    }

    /** An end travels no faster than what was sent before it. */
    private void closeAfter(Faults.Way way) {
        if (way.delayNanos() == 0) {
            close();
            return;
        }
        ScheduledFuture<?> unused = timer.schedule(this::close, way.delayNanos(), TimeUnit.NANOSECONDS);
    }

    /** Cuts the link if something was swallowed in a direction that is free again. */
    void cutIfTorn() {
        Faults now = faults.now();
        boolean requests = hasLostRequests && !now.requests().swallows();
        boolean replies = hasLostReplies && !now.replies().swallows();
        if (!now.isHole() && (requests || replies)) {
            cut();
        }
    }

    /** Ends both connections with a reset. */
    void cut() {
        reset(client);
        reset(server);
        end();
    }

    private void close() {
        end(client);
        end(server);
        end();
    }

    private void end() {
        up.interrupt();
        down.interrupt();
        whenEnded.accept(this);
    }

    /** Waits until the threads of a link that was cut have ended. */
    void join() throws InterruptedException {
        up.join(JOIN_MILLIS);
        down.join(JOIN_MILLIS);
    }

    /** Closes a socket so that the other side gets a reset. */
    static void reset(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // It is closed already.
        }
        end(socket);
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // It is as closed as it can be.
        }
    }
}
