// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import dev.weir.time.TimeSource;
import io.github.bucket4j.distributed.proxy.RetryDecision;
import io.github.bucket4j.distributed.proxy.RetryStrategy;
import io.github.bucket4j.redis.lettuce.RedisApi;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The way of one charge to Redis and back, as Bucket4j's manager goes it: it reads, works out, and swaps what it has read for what
 * it has worked out, again where somebody else was faster. All attempts together have one deadline, and there are at most
 * {@value #MOST_ATTEMPTS}. Keys are bytes; the manager makes lists of them that are not lists of bytes. Not thread-safe.
 */
final class Exchange implements RedisApi<Object>, RetryStrategy {

    static final int MOST_ATTEMPTS = 20;

    private static final long FIRST_PAUSE_NANOS = 500_000;
    private static final int MOST_DOUBLINGS = 4;
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** Asks a server how late it is there. */
    @FunctionalInterface
    interface Clock {

        /** As Redis says it. */
        Clock OF_SERVER = commands -> commands.time()
                .toCompletableFuture()
                .thenApply(parts -> TimeUnit.SECONDS.toMillis(number(parts.get(0)))
                        + TimeUnit.MICROSECONDS.toMillis(number(parts.get(1))));

        /** {@return the milliseconds since 1970} */
        CompletableFuture<Long> millis(RedisAsyncCommands<byte[], byte[]> commands);

        private static long number(byte[] digits) {
            return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
        }
    }

    /** Ends a charge that has no answer. It says where in the cause, so it has no stack. */
    static final class Halt extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final Unanswered why;

        private Halt(Unanswered why) {
            super(why.getMessage(), why, false, false);
            this.why = why;
        }

        Unanswered why() {
            return why;
        }
    }

    private final RedisAsyncCommands<byte[], byte[]> commands;
    private final Clock clock;
    private final TimeSource time;
    private final long start;
    private final long deadlineNanos;
    private long nowNanos;
    private @Nullable StoredBucket stored;

    Exchange(RedisAsyncCommands<byte[], byte[]> commands, Clock clock, TimeSource time, long deadlineNanos) {
        this.commands = commands;
        this.clock = clock;
        this.time = time;
        this.start = time.nanoTime();
        this.deadlineNanos = deadlineNanos;
    }

    /** {@return how late it was in Redis when the bucket was read, in nanoseconds since 1970} */
    long nowNanos() {
        return nowNanos;
    }

    /** {@return the bucket that was read, or null if there was none} */
    @Nullable StoredBucket stored() {
        return stored;
    }

    /* Design: the time is asked for behind the value, in the same round trip. So it is not before any time in the value, but where
     * the clock of Redis went back; and no clock of an instance decides. */
    @Override
    public RedisFuture<byte[]> get(Object key) {
        RedisFuture<byte[]> value;
        CompletableFuture<Long> now;
        try {
            value = commands.get((byte[]) key);
            now = clock.millis(commands);
        } catch (RuntimeException e) {
            throw new Halt(new Unanswered(Outcome.NOT_SENT, "Redis takes no commands.", e));
        }
        byte[] bytes = await(value.toCompletableFuture(), Outcome.NOT_SENT);
        Long millis = await(now, Outcome.NOT_SENT);
        if (millis == null) {
            throw new Halt(new Unanswered(Outcome.NOT_SENT, "Redis does not know how late it is.", null));
        }
        nowNanos = millis * NANOS_PER_MILLI;
        try {
            stored = bytes == null ? null : StoredBucket.read(bytes);
        } catch (IllegalArgumentException e) {
            throw new Halt(Unanswered.alone(e));
        }
        return value;
    }

    @Override
    public <V> RedisFuture<V> eval(String script, ScriptOutputType type, Object[] keys, byte[][] values) {
        RedisFuture<V> answer;
        try {
            answer = commands.eval(script, type, Arrays.copyOf(keys, keys.length, byte[][].class), values);
        } catch (RuntimeException e) {
            throw new Halt(new Unanswered(Outcome.NOT_SENT, "Redis takes no commands.", e));
        }
        await(answer.toCompletableFuture(), Outcome.PERHAPS_SENT);
        return answer;
    }

    @Override
    public RedisFuture<?> delete(Object key) {
        return commands.del((byte[]) key);
    }

    /** @param otherwise what has become of the charge if nothing comes back */
    private <V> @Nullable V await(CompletableFuture<V> answer, Outcome otherwise) {
        try {
            return answer.get(Math.max(0, leftNanos()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            answer.cancel(true); // where it has not been written yet, it never will be
            throw new Halt(new Unanswered(otherwise, "Redis did not answer within the deadline.", null));
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new Halt(new Unanswered(otherwise, "The thread was interrupted while Redis was asked.", e));
        } catch (ExecutionException e) {
            throw new Halt(failed(e.getCause(), otherwise));
        } catch (CancellationException e) {
            throw new Halt(failed(e, otherwise));
        }
    }

    /** An error that Redis answers means that nothing was swapped. A connection that ends says nothing. */
    private static Unanswered failed(@Nullable Throwable why, Outcome otherwise) {
        if (why instanceof RedisCommandExecutionException) {
            return String.valueOf(why.getMessage()).contains("WRONGTYPE")
                    ? Unanswered.alone(why)
                    : new Unanswered(Outcome.NOT_SENT, "Redis answered with an error.", why);
        }
        return new Unanswered(otherwise, "The connection to Redis ended.", why);
    }

    private long leftNanos() {
        return deadlineNanos - (time.nanoTime() - start);
    }

    /** Any time up to a bound that doubles, so that those who met once do not meet again. */
    @Override
    public RetryDecision shouldRetry(RetryMetadata last) {
        int attempt = last.getAttemptNumber();
        long bound = FIRST_PAUSE_NANOS << Math.min(attempt - 1, MOST_DOUBLINGS);
        long pause = ThreadLocalRandom.current().nextLong(bound);
        return attempt >= MOST_ATTEMPTS || pause >= leftNanos()
                ? RetryDecision.stop()
                : RetryDecision.retryAfter(Duration.ofNanos(pause));
    }
}
