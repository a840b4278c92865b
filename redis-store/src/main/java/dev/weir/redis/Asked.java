// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A charge on its way: what is sent for it, and the thread that waits for the answer. Thread-safe. */
final class Asked {

    /** How far it has come. Whoever moves it on first has it. */
    private enum State {
        /** Nothing has left for Redis. */
        WAITING,
        /** It may have reached Redis. */
        SENT,
        /** Its thread has gone on without it. */
        LEFT
    }

    private final byte[] items;
    private final int markBytes;
    private final byte[][] keys;

    /** Whether it goes without its mark. Touched by one thread of Lettuce's after the other. */
    private boolean bare;

    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CompletableFuture<long[]> answer = new CompletableFuture<>();
    private volatile @Nullable Queue<Asked> queue;

    /** How often a server has sent it on. Touched by one thread of Lettuce's after the other. */
    private int redirections;

    Asked(byte[][] keys, byte[] items) {
        this(keys, items, 0);
    }

    /**
     * @param keys one for each item, that of the mark last
     * @param items as the script reads them
     * @param markBytes how many of the last bytes are the mark's, 0 if it has none
     */
    Asked(byte[][] keys, byte[] items, int markBytes) {
        this.keys = keys;
        this.items = items;
        this.markBytes = markBytes;
    }

    /** Lets it wait in a queue, which it leaves when its thread does. */
    void waitIn(Queue<Asked> waiting) {
        queue = waiting;
        waiting.add(this);
    }

    byte[][] keys() {
        return bare ? Arrays.copyOf(keys, keys.length - 1) : keys;
    }

    byte[] items() {
        return bare ? Arrays.copyOf(items, items.length - markBytes) : items;
    }

    /** Leaves the mark behind, so that what it takes can no more be given back; answers whether it had one. */
    boolean leaveMark() {
        boolean had = markBytes > 0 && !bare;
        bare |= had;
        return had;
    }

    /** Answers whether it is to be sent: its thread is still there, and nobody else sends it. */
    boolean send() {
        return state.compareAndSet(State.WAITING, State.SENT);
    }

    /** {@return whether somebody waits for what was sent} */
    boolean isAwaited() {
        return state.get() == State.SENT;
    }

    /** Counts one more redirection, and answers how many there were. */
    int redirected() {
        return ++redirections;
    }

    void answer(long[] numbers) {
        answer.complete(numbers);
    }

    void fail(Throwable why) {
        answer.completeExceptionally(why);
    }

    /**
     * Waits for the answer.
     *
     * @throws Unanswered if there is no good one in time, which says whether it had been sent
     */
    long[] await(long waitNanos) throws Unanswered {
        try {
            return answer.get(waitNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw leave("Redis did not answer within the deadline.", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw leave("The thread was interrupted while Redis was asked.", e);
        } catch (ExecutionException e) {
            throw Unanswered.of(e.getCause());
        }
    }

    private Unanswered leave(String why, @Nullable Throwable cause) {
        if (state.getAndSet(State.LEFT) != State.WAITING) {
            return new Unanswered(Outcome.PERHAPS_SENT, why, cause);
        }
        Queue<Asked> waiting = queue;
        if (waiting != null) {
            waiting.remove(this);
        }
        return new Unanswered(Outcome.NOT_SENT, "The deadline passed while others before it waited for Redis.", cause);
    }
}
