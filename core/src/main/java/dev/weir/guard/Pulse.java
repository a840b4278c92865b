// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The one daemon thread of a limiter: it beats, waits as long as the beat says, and beats again, so never two at a time; and
 * does chores beside, each as often as it says. Thread-safe.
 */
public final class Pulse implements AutoCloseable {

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final long END_MILLIS = 1_000;
    private static final long AFTER_FAULT_NANOS = 1_000_000_000;

    private final LongSupplier beat;
    private final List<LongSupplier> chores = new ArrayList<>(); // complete before the thread starts
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long mostNanos = Long.MAX_VALUE; // guarded by lock
    private boolean ended; // guarded by lock
    private long beatLeft; // touched by the thread alone
    private long choresLeft; // touched by the thread alone

    /**
     * Makes the thread.
     *
     * @param beat answers how many nanoseconds there are until the next one
     */
    public Pulse(LongSupplier beat) {
        this.beat = beat;
        this.thread = new Thread(this::run, "weir-store");
        this.thread.setDaemon(true);
    }

    /**
     * Adds a chore, before the start. One that throws is done again a second later.
     *
     * @param chore answers how many nanoseconds there are until the next time, at least 1
     */
    public void also(LongSupplier chore) {
        chores.add(chore);
    }

    /** Starts the thread. To be called once. */
    public void start() {
        thread.start();
    }

    private void run() {
        do {
            if (beatLeft <= 0) {
                beatLeft = beat.getAsLong();
            }
            if (choresLeft <= 0) {
                choresLeft = doChores();
            }
        } while (pause());
    }

    private long doChores() {
        long next = Long.MAX_VALUE;
        for (LongSupplier chore : chores) {
            try {
                next = Math.min(next, chore.getAsLong());
            } catch (RuntimeException e) {
                next = Math.min(next, AFTER_FAULT_NANOS);
                LOG.log(Level.DEBUG, "What Weir does in the background has failed", e);
            }
        }
        return next;
    }

    /** Answers false when it is to end. */
    private boolean pause() {
        lock.lock();
        try {
            while (!ended && beatLeft > 0 && choresLeft > 0) {
                beatLeft = Math.min(beatLeft, mostNanos);
                mostNanos = Long.MAX_VALUE;
                long asked = Math.min(beatLeft, choresLeft);
                long waited = asked - changed.awaitNanos(asked);
                beatLeft -= waited;
                choresLeft -= waited;
            }
            return !ended;
        } catch (InterruptedException e) {
            // Meant for a beat that hung, or by somebody who has no business here.
            beatLeft = 0;
            return !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Lets the next beat come no later than so many nanoseconds from now. */
    void hurry(long nanos) {
        lock.lock();
        try {
            mostNanos = nanos;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread. One that hangs in the store all the same is left behind; it is a daemon and ends with its beat. */
    @Override
    public void close() {
        lock.lock();
        try {
            ended = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
        try {
            TimeUnit.MILLISECONDS.timedJoin(thread, END_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
