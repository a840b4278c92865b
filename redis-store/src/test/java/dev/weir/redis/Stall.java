// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that wants to run a thousand times a second, and remembers when it could not: so long whoever is measured beside it may
 * have been held up by the machine too. Thread-safe.
 */
final class Stall implements AutoCloseable {

    private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();

    private final List<long[]> gaps = new ArrayList<>(); // guarded by this: begin and end of each
    private long last = System.nanoTime(); // guarded by this: since when it has not run
    private final Thread thread = new Thread(this::run, "stall");
    private volatile boolean ended;

    Stall() {
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        while (!ended) {
            LockSupport.parkNanos(PAUSE_NANOS);
            note();
        }
    }

    private synchronized void note() {
        long now = System.nanoTime();
        if (now - last > 2 * PAUSE_NANOS) {
            gaps.add(new long[] {last, now});
        }
        last = now;
    }

    /** {@return for how long the thread did not run between two moments, but for the pauses that it wanted} */
    synchronized Duration between(long begin, long end) {
        note();
        long held = 0;
        for (long[] gap : gaps) {
            held += Math.max(0, Math.min(end, gap[1]) - Math.max(begin, gap[0]));
        }
        return Duration.ofNanos(held);
    }

    @Override
    public void close() {
        ended = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
