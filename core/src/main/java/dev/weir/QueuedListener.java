// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hands events to a slow listener off the request's thread; what a full queue cannot take is left out and counted. */
final class QueuedListener implements RateLimitListener {

    private static final int BATCH = 100;

    private final RateLimitListener slow;
    private final ArrayBlockingQueue<RateLimitEvent> queue;
    private final Executor executor;
    private final Complaints complaints;
    private final AtomicBoolean draining = new AtomicBoolean();

    QueuedListener(RateLimitListener slow, int capacity, Executor executor, Complaints complaints) {
        this.slow = slow;
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.executor = executor;
        this.complaints = complaints;
    }

    @Override
    public void onDecision(RateLimitEvent event) {
        if (!queue.offer(event)) {
            complaints.about(Complaints.Matter.QUEUE, null);
        }
        drainSoon();
    }

    /** It is told of these off the request's thread anyway. */
    @Override
    public void onStoreState(StoreStateEvent event) {
        slow.onStoreState(event);
    }

    private void drainSoon() {
        if (draining.compareAndSet(false, true)) {
            try {
                executor.execute(this::drain);
            } catch (Throwable e) { // the application's executor
                draining.set(false);
                Fatal.rethrow(e);
                complaints.about(Complaints.Matter.QUEUE, e);
            }
        }
    }

    private void drain() {
        try {
            for (int i = 0; i < BATCH; i++) {
                RateLimitEvent event = queue.poll();
                if (event == null) {
                    break;
                }
                tell(event);
            }
        } finally {
            draining.set(false);
        }
        if (!queue.isEmpty()) {
            drainSoon();
        }
    }

    private void tell(RateLimitEvent event) {
        try {
            slow.onDecision(event);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Complaints.Matter.LISTENER, e);
        }
    }
}
