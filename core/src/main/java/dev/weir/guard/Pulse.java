// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The one daemon thread of a guarded store: it beats, waits as long as the beat says, and beats again, so never two at a
 * time. Thread-safe.
 */
final class Pulse implements AutoCloseable {

    private static final long END_MILLIS = 1_000;

    private final LongSupplier beat;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long mostNanos = Long.MAX_VALUE; // guarded by lock
    private boolean ended; // guarded by lock

    /**
     * Makes the thread.
     *
     * @param beat answers how many nanoseconds there are until the next one
     */
    Pulse(LongSupplier beat) {
        this.beat = beat;
        this.thread = new Thread(this::run, "weir-store");
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    private void run() {
        while (pause(beat.getAsLong())) {
            // The next beat is due.
        }
    }

    /** Answers false when it is to end. */
    private boolean pause(long nanos) {
        lock.lock();
        try {
            long left = nanos;
            while (!ended && left > 0) {
                left = Math.min(left, mostNanos);
                mostNanos = Long.MAX_VALUE;
                left = changed.awaitNanos(left);
            }
            return !ended;
        } catch (InterruptedException e) {
            // Meant for a beat that hung, or by somebody who has no business here.
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
