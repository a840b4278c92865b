// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to Redis. A command goes at most once: one whose connection ends is not sent again, and without a
 * connection none waits for one. Only {@link #connect} connects, and it has at most one attempt under way. Thread-safe.
 */
final class Link {

    private final RedisClient client;
    private final RedisURI uri;
    private final TimeSource time;
    private final ChargeScripts scripts;
    private final Object lock = new Object();
    private volatile @Nullable Lane lane;
    private volatile @Nullable Throwable trouble;

    /** Guarded by {@link #lock}. */
    private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt;

    private boolean closed;

    Link(RedisClient client, RedisURI uri, ChargeScripts scripts, TimeSource time) {
        this.client = client;
        this.uri = uri;
        this.scripts = scripts;
        this.time = time;
    }

    /** {@return the commands of the open connection, or null if there is none} */
    @Nullable RedisAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> open = connection();
        return open == null ? null : open.async();
    }

    /** {@return the open connection, or null} */
    @Nullable StatefulRedisConnection<byte[], byte[]> connection() {
        Lane open = openLane();
        return open == null ? null : open.connection();
    }

    private @Nullable Lane openLane() {
        Lane open = lane;
        return open != null && open.connection().isOpen() ? open : null;
    }

    /**
     * Connects, if there is no connection, and waits for it no longer than told. What is not done by then goes on.
     *
     * @return whether there is a new connection by this call
     */
    boolean connect(long waitNanos) {
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> running;
        synchronized (lock) {
            if (closed || connection() != null) {
                return false;
            }
            if (attempt == null) {
                drop();
                attempt = begin();
            }
            running = attempt;
        }
        try {
            StatefulRedisConnection<byte[], byte[]> made = running.get(waitNanos, TimeUnit.NANOSECONDS);
            return adopt(running, made);
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            fail(running, e.getCause());
            return false;
        }
    }

    private CompletableFuture<StatefulRedisConnection<byte[], byte[]>> begin() {
        try {
            return client.connectAsync(ByteArrayCodec.INSTANCE, uri).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private boolean adopt(Object finished, StatefulRedisConnection<byte[], byte[]> made) {
        synchronized (lock) {
            if (attempt == finished) {
                attempt = null;
            }
            if (closed) {
                end(made);
                return false;
            }
            lane = new Lane(made, scripts);
            trouble = null;
            return true;
        }
    }

    private void fail(Object finished, @Nullable Throwable why) {
        synchronized (lock) {
            if (attempt == finished) {
                attempt = null;
            }
        }
        trouble = root(why);
    }

    private static @Nullable Throwable root(@Nullable Throwable why) {
        Throwable at = why;
        while (at != null && at.getCause() != null && !(at instanceof RedisCommandExecutionException)) {
            at = at.getCause();
        }
        return at;
    }

    /** Whatever becomes of it, there is nothing to be done. */
    private static void end(StatefulRedisConnection<byte[], byte[]> open) {
        CompletableFuture<Void> unused = open.closeAsync();
    }

    /** Gives the connection up, so that the next {@link #connect} makes another. */
    void drop() {
        Lane old = lane;
        lane = null;
        if (old != null) {
            end(old.connection());
        }
    }

    /**
     * Sends a charge, with others that are made at the same moment.
     *
     * @throws Unanswered if there is no good answer within the deadline
     */
    long[] charge(byte[][] keys, byte[] items, long deadlineNanos) throws Unanswered {
        Lane open = openLane();
        if (open == null) {
            throw new Unanswered(Outcome.NOT_SENT, "There is no connection to Redis.", trouble);
        }
        return open.run(new Asked(keys, items), deadlineNanos);
    }

    /**
     * Runs a script, and hands it over once more where Redis does not know it yet.
     *
     * @throws Unanswered if there is no good answer within the deadline
     */
    long[] run(Script script, byte[][] keys, byte[][] values, long deadlineNanos) throws Unanswered {
        StatefulRedisConnection<byte[], byte[]> open = connection();
        if (open == null) {
            throw new Unanswered(Outcome.NOT_SENT, "There is no connection to Redis.", trouble);
        }
        long start = time.nanoTime();
        try {
            return send(open, CommandType.EVALSHA, script.sha1(), keys, values, deadlineNanos);
        } catch (RedisNoScriptException e) {
            long left = deadlineNanos - (time.nanoTime() - start);
            if (left <= 0) {
                throw new Unanswered(Outcome.NOT_SENT, "Redis did not know the script, and the time was up.", e);
            }
            return send(open, CommandType.EVAL, script.text(), keys, values, left);
        }
    }

    private static long[] send(
            StatefulRedisConnection<byte[], byte[]> open,
            CommandType command,
            byte[] script,
            byte[][] keys,
            byte[][] values,
            long waitNanos)
            throws Unanswered {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(script)
                .add(keys.length)
                .addKeys(keys)
                .addValues(values);
        RedisFuture<long[]> answer;
        try {
            answer = open.async().dispatch(command, new Numbers(), args);
        } catch (RuntimeException e) {
            throw new Unanswered(Outcome.NOT_SENT, "Redis takes no commands.", e);
        }
        try {
            if (answer.await(waitNanos, TimeUnit.NANOSECONDS)) {
                return answer.toCompletableFuture().join();
            }
            answer.cancel(true); // where it has not been written yet, it never will be
            throw new Unanswered(Outcome.PERHAPS_SENT, "Redis did not answer within the deadline.", null);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new Unanswered(Outcome.PERHAPS_SENT, "The thread was interrupted while Redis was asked.", e);
        } catch (CompletionException e) {
            if (e.getCause() instanceof RedisNoScriptException unknown) {
                throw unknown;
            }
            throw Unanswered.of(e.getCause());
        } catch (CancellationException e) {
            throw Unanswered.of(e);
        }
    }

    /** Ends the connection, within the time. */
    void close(long waitNanos) {
        StatefulRedisConnection<byte[], byte[]> open;
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> running;
        synchronized (lock) {
            closed = true;
            open = lane == null ? null : lane.connection();
            lane = null;
            running = attempt;
        }
        if (running != null) {
            CompletableFuture<?> unused = running.thenAccept(Link::end);
        }
        if (open != null) {
            Waiting.upTo(waitNanos, open.closeAsync());
        }
    }
}
