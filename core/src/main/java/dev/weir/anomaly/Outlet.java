// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Hands events to one slow consumer, in order, never two at a time, off the thread that records them. What a full queue
 * cannot take is lost and counted. Thread-safe.
 */
final class Outlet {

    /** Takes events; whatever is wrong it counts and logs itself. */
    @FunctionalInterface
    interface Consumer {

        /**
         * Takes the next events.
         *
         * @param lost how many were lost since the last call, because the queue was full
         */
        void take(List<Anomaly> batch, long lost);
    }

    private static final int BATCH = 100;

    private final ArrayBlockingQueue<Anomaly> queue;
    private final Executor executor;
    private final Consumer consumer;
    private final AtomicBoolean draining = new AtomicBoolean();
    private final LongAdder lost = new LongAdder();
    private long lostBefore; // guarded by whoever has set draining
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition idle = lock.newCondition();

    Outlet(int capacity, Executor executor, Consumer consumer) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.executor = executor;
        this.consumer = consumer;
    }

    /** Never waits. {@link #drainSoon} has to follow, where no lock is held. */
    void offer(Anomaly event) {
        if (!queue.offer(event)) {
            lost.increment();
        }
    }

    long lost() {
        return lost.sum();
    }

    /** An executor that rejects, because it has ended for instance, is asked again with the next event. */
    void drainSoon() {
        if (!queue.isEmpty() && draining.compareAndSet(false, true)) {
            try {
                executor.execute(this::drain);
            } catch (Throwable e) {
                ended();
                Background.rethrowIfFatal(e);
            }
        }
    }

    private void drain() {
        try {
            List<Anomaly> batch = new ArrayList<>();
            queue.drainTo(batch, BATCH);
            if (!batch.isEmpty()) {
                long all = lost();
                consumer.take(batch, all - lostBefore);
                lostBefore = all;
            }
        } finally {
            ended();
        }
        drainSoon();
    }

    private void ended() {
        draining.set(false);
        lock.lock();
        try {
            idle.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all is handed over, for so long at most. */
    boolean flush(long nanos) {
        drainSoon();
        lock.lock();
        try {
            long left = nanos;
            while (left > 0 && (draining.get() || !queue.isEmpty())) {
                left = idle.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return isIdle();
    }

    boolean isIdle() {
        return !draining.get() && queue.isEmpty();
    }
}
