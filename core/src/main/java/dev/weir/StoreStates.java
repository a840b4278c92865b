// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.Complaints.Matter;
import dev.weir.guard.GuardedStore;
import dev.weir.time.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes visible when a shared store goes and when it is back: one log line for each change, and an event for the listeners,
 * who are told off the request's thread. Changes come one at a time, in order.
 */
final class StoreStates implements GuardedStore.Watcher {

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final int MAX_WAITING = 100;
    private static final long MILLIS_PER_SECOND = 1000;

    private final TimeSource time;
    private final List<RateLimitListener> listeners;
    private final Executor executor;
    private final Complaints complaints;
    private final ArrayBlockingQueue<StoreStateEvent> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final AtomicBoolean telling = new AtomicBoolean();
    private @Nullable GuardedStore guard; // set before the first change
    private LongSupplier degraded = () -> 0; // set before the first change
    private boolean guessed; // guarded by the order of changes
    private long goneNanos; // guarded by the order of changes
    private long degradedBefore; // guarded by the order of changes

    StoreStates(TimeSource time, List<RateLimitListener> listeners, Executor executor, Complaints complaints) {
        this.time = time;
        this.listeners = listeners;
        this.executor = executor;
        this.complaints = complaints;
    }

    void watch(GuardedStore store) {
        this.guard = store;
    }

    /**
     * Says where to read how many decisions were degraded so far.
     *
     * @param counter answers that number
     */
    void count(LongSupplier counter) {
        this.degraded = counter;
    }

    /** Whatever is out of order here is no reason to fail the request that has noticed the change. */
    @Override
    public void changed(boolean answers, @Nullable Throwable cause) {
        try {
            GuardedStore store = requireNonNull(guard);
            if (answers) {
                logBack();
            } else {
                logGone(store, cause);
            }
            tell(new StoreStateEvent(time.now(), answers, store.instances()));
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.LISTENER, e);
        }
    }

    private void logGone(GuardedStore store, @Nullable Throwable cause) {
        goneNanos = time.nanoTime();
        int instances = store.instances();
        String share = instances == 1 ? "the whole of their limits" : "1/" + instances + " of their limits";
        String guess = store.knowsInstances() || guessed
                ? ""
                : " How many instances share the limits is not known, so each would have the whole; set the store's"
                        + " option instances.";
        guessed |= !store.knowsInstances();
        LOG.log(
                Level.WARNING,
                "The shared store does not answer. Until it does, each rule's on-failure decides; local rules go on in"
                        + " memory with " + share + "." + guess,
                SafeThrowable.of(cause));
    }

    private void logBack() {
        long goneMillis = Duration.ofNanos(time.nanoTime() - goneNanos).toMillis();
        long now = degraded.getAsLong();
        LOG.log(
                Level.INFO,
                "The shared store answers again after " + goneMillis / MILLIS_PER_SECOND + "."
                        + String.format("%03d", goneMillis % MILLIS_PER_SECOND) + " s; " + (now - degradedBefore)
                        + " decisions were made without it.");
        degradedBefore = now;
    }

    private void tell(StoreStateEvent event) {
        if (listeners.isEmpty()) {
            return;
        }
        if (!waiting.offer(event)) {
            complaints.about(Matter.QUEUE, null);
        }
        tellSoon();
    }

    private void tellSoon() {
        if (telling.compareAndSet(false, true)) {
            try {
                executor.execute(this::tellAll);
            } catch (Throwable e) { // the application's executor
                telling.set(false);
                Fatal.rethrow(e);
                complaints.about(Matter.QUEUE, e);
            }
        }
    }

    private void tellAll() {
        try {
            for (StoreStateEvent event = waiting.poll(); event != null; event = waiting.poll()) {
                for (RateLimitListener listener : listeners) {
                    tell(listener, event);
                }
            }
        } finally {
            telling.set(false);
        }
        if (!waiting.isEmpty()) {
            tellSoon();
        }
    }

    private void tell(RateLimitListener listener, StoreStateEvent event) {
        try {
            listener.onStoreState(event);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            complaints.about(Matter.LISTENER, e);
        }
    }
}
