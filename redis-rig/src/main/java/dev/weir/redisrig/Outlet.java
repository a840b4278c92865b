// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * The far end of one direction: writes what it is given, at once or later, always in order. Thread-safe.
 *
 * <p>A delay does not slow down what follows: ten pieces that come at the same time are all as late as one.
 */
final class Outlet {

    private static final int MAX_WAITING = 1_024;

    private final OutputStream out;
    private final ScheduledExecutorService timer;
    private final Runnable whenBroken;
    private final Deque<byte[]> waiting = new ArrayDeque<>(); // guarded by this
    private long taken; // guarded by this
    private long written; // guarded by this

    Outlet(OutputStream out, ScheduledExecutorService timer, Runnable whenBroken) {
        this.out = out;
        this.timer = timer;
        this.whenBroken = whenBroken;
    }

    /** Takes a piece; waits while too many are on their way. */
    synchronized void send(byte[] piece, long delayNanos) throws IOException, InterruptedException {
        while (waiting.size() >= MAX_WAITING) {
            wait();
        }
        waiting.add(piece);
        taken++;
        if (delayNanos == 0) {
            // Takes along what is still waiting for a longer delay of before.
            writeThrough(taken);
            return;
        }
        long last = taken;
        ScheduledFuture<?> unused = timer.schedule(() -> writeLater(last), delayNanos, TimeUnit.NANOSECONDS);
    }

    private synchronized void writeLater(long last) {
        try {
            writeThrough(last);
        } catch (IOException e) {
            whenBroken.run();
        }
    }

    private synchronized void writeThrough(long last) throws IOException {
        while (written < last) {
            byte[] piece = waiting.remove();
            written++;
            out.write(piece);
        }
        notifyAll();
    }
}
