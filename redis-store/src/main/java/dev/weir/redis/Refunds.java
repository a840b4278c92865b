// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Gives back what parts of a charge have taken that was refused elsewhere. It goes at once, nobody waits for it, and as long as
 * the mark of the charge lives it is tried again; what cannot be given back by then costs its caller, and is counted. Thread-safe.
 */
final class Refunds {

    /** How long a part that was taken can be given back. */
    static final Duration LIFE = Duration.ofSeconds(30);

    private static final int MOST_WAITING = 10_000;

    /** What is to be given back: the keys, the mark last, and the items; and until when. */
    private static final class Refund {
        private final byte[][] keys;
        private final byte[] items;
        private final long untilNanos;

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
    private final LongAdder lost = new LongAdder();

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
        send(new Refund(keys, items, time.nanoTime() + LIFE.toNanos(), sure));
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
                        lost.increment();
                    }
                });
    }

    private static @Nullable Throwable cause(Throwable failure) {
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }

    private void later(Refund refund) {
        if (time.nanoTime() - refund.untilNanos >= 0) {
            lost.increment();
        } else if (waitingCount.incrementAndGet() > MOST_WAITING) {
            waitingCount.decrementAndGet();
            lost.increment();
        } else {
            waiting.add(refund);
        }
    }

    /** Tries again what waits. For the background thread. */
    void tend() {
        for (int left = waitingCount.get(); left > 0; left--) {
            Refund refund = waiting.poll();
            if (refund == null) {
                return;
            }
            waitingCount.decrementAndGet();
            send(refund);
        }
    }

    /** {@return how many were given up} */
    long lost() {
        return lost.sum();
    }
}
