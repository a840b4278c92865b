// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
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

    private final byte[][] keys;
    private final byte[] items;
    private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
    private final CompletableFuture<long[]> answer = new CompletableFuture<>();

    Asked(byte[][] keys, byte[] items) {
        this.keys = keys;
        this.items = items;
    }

    byte[][] keys() {
        return keys;
    }

    byte[] items() {
        return items;
    }

    /** Answers whether it is to be sent: its thread is still there, and nobody else sends it. */
    boolean send() {
        return state.compareAndSet(State.WAITING, State.SENT);
    }

    /** {@return whether somebody waits for what was sent} */
    boolean isAwaited() {
        return state.get() == State.SENT;
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
        return state.getAndSet(State.LEFT) == State.WAITING
                ? new Unanswered(
                        Outcome.NOT_SENT, "The deadline passed while others before it waited for Redis.", cause)
                : new Unanswered(Outcome.PERHAPS_SENT, why, cause);
    }
}
