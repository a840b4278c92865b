// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.time.TimeSource;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A shared store with what every one of them needs around it: refusals that are remembered, a breaker, and a heartbeat.
 *
 * <p>A charge is refused from memory if one of its items was refused a moment ago; else it fails at once while the breaker
 * is open; else it goes to the shared store, once. Five failed charges in a row, ten among the last twenty, or five failed
 * heartbeats in a row open the breaker. Only a heartbeat that the store answers closes it, never a request; where charges fail
 * time and again though heartbeats are answered, it stays open longer each time, for half a minute at most. Heartbeats come
 * once a second while all is well and about four times a second else, from one daemon thread.
 *
 * <p>It does not close the shared store. Thread-safe.
 */
public final class GuardedStore implements RateLimitStore {

    /** Is told when the store goes and when it is back. */
    @FunctionalInterface
    public interface Watcher {

        /**
         * Is told of a change, once and in order, on the thread that has noticed it. Must not block.
         *
         * @param answers whether the store answers now
         * @param cause why it does not, as far as that is known
         */
        void changed(boolean answers, @Nullable Throwable cause);
    }

    static final long CALM_NANOS = 1_000_000_000;
    static final long ANXIOUS_NANOS = 250_000_000;

    /** Longer than a charge may take, because a heartbeat may have to connect first; short enough to find who is back. */
    static final long BEAT_DEADLINE_NANOS = 500_000_000;

    private static final int MISSED_BEATS = 5;
    private static final long MEMORY_NANOS = 60_000_000_000L;
    private static final int JITTER_DIVISOR = 5;

    private final SharedRateLimitStore shared;
    private final Watcher watcher;
    private final int configuredInstances;
    private final RefusalCache refusals;
    private final Breaker breaker = new Breaker();
    private final Reopening reopening = new Reopening();
    private final TimeSource time;
    private final Pulse pulse = new Pulse(this::beat);
    private final AtomicBoolean beating = new AtomicBoolean();
    private int missedBeats; // guarded by whoever has set beating
    private long mostSeenNanos; // likewise
    private final LongAdder failures = new LongAdder();
    private final Object tellingLock = new Object();
    private boolean toldOpen; // guarded by tellingLock
    private volatile boolean closed;
    private volatile int seenInstances;
    private volatile @Nullable Throwable lastCause;

    /**
     * Guards a store.
     *
     * @param shared the store, which whoever opened it closes, after this
     * @param time the clocks, of which only the monotonic one is read
     * @param configuredInstances how many instances share it, until a heartbeat knows better; 0 if that is not known
     * @param watcher told of changes
     */
    public GuardedStore(SharedRateLimitStore shared, TimeSource time, int configuredInstances, Watcher watcher) {
        this.shared = requireNonNull(shared, "shared");
        this.time = time;
        this.refusals = new RefusalCache(time);
        this.configuredInstances = configuredInstances;
        this.watcher = requireNonNull(watcher, "watcher");
    }

    /**
     * Lets the thread do something beside, before it is started.
     *
     * @param chore answers how many nanoseconds there are until the next time, at least 1; must not block
     */
    public void beside(LongSupplier chore) {
        pulse.also(chore);
    }

    /** Starts the thread, whose first heartbeat comes at once. To be called once. */
    public void start() {
        pulse.start();
    }

    /** {@return whether charges reach the store} */
    public boolean answers() {
        return !breaker.isOpen();
    }

    /** {@return how many charges the store has not decided so far, or only in part} */
    public long failures() {
        return failures.sum();
    }

    /** {@return what {@link SharedRateLimitStore#lostRefunds} answers} */
    public long lostRefunds() {
        return shared.lostRefunds();
    }

    /**
     * {@return how many instances share the limits: the largest number that was heard within a minute before the last answered
     *     heartbeat, else as configured, else 1}
     */
    public int instances() {
        int seen = seenInstances;
        return seen > 0 ? seen : Math.max(1, configuredInstances);
    }

    /** {@return whether {@link #instances} was seen or configured, and is no guess} */
    public boolean knowsInstances() {
        return seenInstances > 0 || configuredInstances > 0;
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        if (!refusals.refuses(charge, deadlineNanos)) {
            chargeAnew(charge, deadlineNanos);
        }
    }

    /**
     * Charges without regard to refusals that are remembered, so that the store gives each item its verdict.
     *
     * @param charge what is asked
     * @param deadlineNanos how long the store may take, in nanoseconds from this call on
     */
    public void chargeAnew(Charge charge, long deadlineNanos) {
        if (breaker.isOpen()) {
            failures.increment();
            charge.fail(Outcome.NOT_SENT, lastCause);
            return;
        }
        try {
            shared.charge(charge, deadlineNanos);
        } catch (Throwable e) {
            failed(e);
            throw e;
        }
        if (charge.outcome().decided()) {
            breaker.succeeded(); // of a store that was reached in part too: what could not be is its own to isolate
            if (charge.isPartly()) {
                failures.increment();
            }
            refusals.learn(charge, deadlineNanos);
        } else if (charge.failedAlone()) {
            breaker.succeeded(); // what lies under one caller's key must not take the store from all others
            failures.increment();
        } else if (charge.failedAside()) {
            failures.increment(); // it says nothing of the store, neither good nor bad
        } else {
            failed(charge.cause());
        }
    }

    private void failed(@Nullable Throwable cause) {
        failures.increment();
        lastCause = cause;
        if (breaker.failed()) {
            reopening.opened(time.nanoTime());
            tell();
            pulse.hurry(anxious());
        }
    }

    /* Design: who has opened the breaker may be overtaken by the heartbeat that closes it, so what is told is not what
     * somebody has done but what has become of it. */
    private void tell() {
        synchronized (tellingLock) {
            boolean open = breaker.isOpen();
            if (open != toldOpen && !closed) {
                toldOpen = open;
                watcher.changed(!open, open ? lastCause : null);
            }
        }
    }

    /** Asks the store for a sign of life, and answers how many nanoseconds there are until the next time. */
    long beat() {
        if (!beating.compareAndSet(false, true)) {
            return anxious();
        }
        try {
            heard(askForLife());
            return missedBeats == 0 && !breaker.isOpen() ? CALM_NANOS : anxious();
        } finally {
            beating.set(false);
        }
    }

    /** Whatever a store throws here, the next heartbeat must come, or the breaker would never close. */
    private int askForLife() {
        int instances = 0;
        try {
            instances = shared.heartbeat(BEAT_DEADLINE_NANOS);
        } catch (Throwable e) {
            lastCause = e;
        }
        if (!isAnswer(instances)) {
            reopening.forget();
        }
        return instances;
    }

    private static boolean isAnswer(int instances) {
        return instances > 0 || instances == SharedRateLimitStore.UNCOUNTED;
    }

    /* Design: heartbeats that fail open the breaker too, or a store that goes while nobody uses it would be noticed by
     * requests that wait for it. Those that succeed say nothing of charges that fail, so they do not count against them. */
    private void heard(int instances) {
        if (isAnswer(instances)) {
            missedBeats = 0;
            long now = time.nanoTime();
            see(instances, now);
            if (reopening.mayClose(now) && breaker.close()) {
                reopening.closed(now);
                tell();
            }
        } else if (++missedBeats >= MISSED_BEATS && breaker.open()) {
            tell();
        }
    }

    /* Design: a store that has lost its data knows only those who have come back to it, and one who took himself for the only one
     * would give everybody the whole. So a smaller number counts when the larger has not been heard for a minute. */
    private void see(int instances, long now) {
        boolean counted = instances > 0;
        if (counted && (instances >= seenInstances || now - mostSeenNanos > MEMORY_NANOS)) {
            seenInstances = instances;
            mostSeenNanos = now;
        }
    }

    /** Instances that lost the store together must not come back to it together. */
    private static long anxious() {
        long spread = ANXIOUS_NANOS / JITTER_DIVISOR;
        return ANXIOUS_NANOS + ThreadLocalRandom.current().nextLong(-spread, spread + 1);
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        shared.release(key, leaseId);
    }

    @Override
    public void refill(ItemKey key) {
        shared.refill(key);
        refusals.forget(key);
    }

    @Override
    public void remove(ItemKey key) {
        shared.remove(key);
        refusals.forget(key);
    }

    @Override
    public void check(Limit limit) {
        shared.check(limit);
    }

    @Override
    public void checkTogether(List<ItemKind> kinds) {
        shared.checkTogether(kinds);
    }

    /** How many refusals are remembered. For tests. */
    int rememberedRefusals() {
        return refusals.size();
    }

    /** Ends the heartbeat, within a second even if the store hangs. The shared store is left open. */
    @Override
    public void close() {
        closed = true;
        breaker.shut();
        pulse.close();
    }
}
