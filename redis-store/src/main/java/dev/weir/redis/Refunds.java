// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import dev.weir.time.TimeSource;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what parts of a charge have taken that was refused elsewhere. It goes at once, nobody waits for it, and as long as
 * the mark of the charge lives it is tried again; what cannot be given back by then costs its caller, is counted, and is told of
 * in the log, at most once a minute. Thread-safe.
 */
final class Refunds {

    /** How long a part that was taken can be given back. */
    static final Duration LIFE = Duration.ofSeconds(30);

    private static final Logger LOG = System.getLogger("dev.weir.redis");
    private static final int MOST_WAITING = 10_000;
    private static final long TELLING_NANOS = Duration.ofMinutes(1).toNanos();

    /** What is to be given back: the keys, the mark last, and the items; and until when. */
    private static final class Refund {
        private final byte[][] keys;
        private final byte[] items;
        private final long untilNanos;
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        /** Whether there is something to give back, for sure. Touched by one thread of Lettuce's after the other. */
        private boolean sure;

        Refund(byte[][] keys, byte[] items, long untilNanos, boolean sure) {
            this.keys = keys;
            this.items = items;
            this.untilNanos = untilNanos;
            this.sure = sure;
        }
    }

    private final Servers servers;
    private final Script script;
    private final TimeSource time;
    private final Queue<Refund> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waitingCount = new AtomicInteger();

    /** Those that are neither answered nor given up: all that wait, and all that are under way. */
    private final Set<Refund> open = ConcurrentHashMap.newKeySet();

    private final LongAdder lost = new LongAdder();
    private final Object tellingLock = new Object();
    private long told; // guarded by tellingLock
    private long toldNanos; // guarded by tellingLock, of no meaning before anything was told

    Refunds(Servers servers, Script script, TimeSource time) {
        this.servers = servers;
        this.script = script;
        this.time = time;
    }

    /**
     * Gives back.
     *
     * @param keys those of the items, the mark last
     * @param items as the script reads them
     * @param sure whether they were taken for sure, so that a mark which is not there is a loss
     */
    void give(byte[][] keys, byte[] items, boolean sure) {
        Refund refund = new Refund(keys, items, time.nanoTime() + LIFE.toNanos(), sure);
        open.add(refund);
        send(refund);
    }

    private void send(Refund refund) {
        Link link = servers.of(refund.keys[0]);
        if (link == null) {
            later(refund);
            return;
        }
        CompletableFuture<?> unused = link.ask(script, refund.keys, new byte[][] {refund.items})
                .whenComplete((answer, failure) -> {
                    if (failure != null) {
                        refund.sure &= Unanswered.of(cause(failure)).outcome() == Outcome.NOT_SENT;
                        later(refund);
                    } else if (answer[0] == 0 && refund.sure) {
                        lose(refund);
                    } else if (open.remove(refund)) {
                        refund.end.complete(null);
                    }
                });
    }

    private static @Nullable Throwable cause(Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void later(Refund refund) {
        if (time.nanoTime() - refund.untilNanos >= 0) {
            lose(refund);
        } else if (waitingCount.incrementAndGet() > MOST_WAITING) {
            waitingCount.decrementAndGet();
            lose(refund);
        } else {
            waiting.add(refund);
        }
    }

    private void lose(Refund refund) {
        if (open.remove(refund)) {
            lost.increment();
            refund.end.complete(null);
        }
    }

    /** Tries again what waits, and tells of what is lost. For the background thread. */
    void tend() {
        for (int left = waitingCount.get(); left > 0; left--) {
            Refund refund = waiting.poll();
            if (refund == null) {
                break;
            }
            waitingCount.decrementAndGet();
            send(refund);
        }
        tell(false);
    }

    /** Tries all once more before the connections end, and waits for the answers, no longer than told. */
    void finish(long waitNanos) {
        tend();
        Waiting.upTo(
                waitNanos,
                CompletableFuture.allOf(open.stream().map(refund -> refund.end).toArray(CompletableFuture[]::new)));
    }

    /** Gives up what has no answer. To be called when there are no connections any more. */
    void close() {
        open.forEach(this::lose);
        tell(true);
    }

    private void tell(boolean atOnce) {
        synchronized (tellingLock) {
            long now = time.nanoTime();
            long all = lost.sum();
            if (all > told && (atOnce || told == 0 || now - toldNanos >= TELLING_NANOS)) {
                LOG.log(
                        Level.WARNING,
                        "Lost refunds: " + (all - told) + ", since the start " + all
                                + ". A server of the cluster went between"
                                + " taking and giving back, while another refused the same charge, and did not answer for "
                                + LIFE.toSeconds()
                                + " s or until the store was closed. Those callers are counted for what"
                                + " they did not get, until it refills.");
                told = all;
                toldNanos = now;
            }
        }
    }

    /** {@return how many were given up} */
    long lost() {
        return lost.sum();
    }
}
