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
    private final Object lock = new Object();
    private volatile @Nullable StatefulRedisConnection<byte[], byte[]> connection;
    private volatile @Nullable Throwable trouble;

    /** Guarded by {@link #lock}. */
    private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt;

    private boolean closed;

    Link(RedisClient client, RedisURI uri, TimeSource time) {
        this.client = client;
        this.uri = uri;
        this.time = time;
    }

    /** {@return the commands of the open connection, or null if there is none} */
    @Nullable RedisAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        return open != null && open.isOpen() ? open.async() : null;
    }

    /** {@return the open connection, or null} */
    @Nullable StatefulRedisConnection<byte[], byte[]> connection() {
        StatefulRedisConnection<byte[], byte[]> open = connection;
        return open != null && open.isOpen() ? open : null;
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
            connection = made;
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
        StatefulRedisConnection<byte[], byte[]> old = connection;
        connection = null;
        if (old != null) {
            end(old);
        }
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
            throw failed(e.getCause());
        } catch (CancellationException e) {
            throw failed(e);
        }
    }

    /* Design: an error that Redis answers means that the script has taken nothing, because it reads all it needs before it
     * takes anything. A connection that ends says nothing about the command. */
    private static Unanswered failed(@Nullable Throwable why) {
        if (why instanceof RedisNoScriptException unknown) {
            throw unknown;
        }
        if (why instanceof RedisCommandExecutionException && isForeignValue(why.getMessage())) {
            return Unanswered.alone(why);
        }
        if (why instanceof RedisCommandExecutionException) {
            return new Unanswered(Outcome.NOT_SENT, "Redis answered with an error.", why);
        }
        return new Unanswered(Outcome.PERHAPS_SENT, "The connection to Redis ended.", why);
    }

    /** WEIR is what our scripts begin their own errors with; the last two are Lua's, where a value has not our form. */
    private static boolean isForeignValue(@Nullable String error) {
        return error != null
                && (error.contains("WRONGTYPE")
                        || error.contains("WEIR ")
                        || error.contains("data string too short")
                        || error.contains("attempt to "));
    }

    /** Ends the connection, within the time. */
    void close(long waitNanos) {
        StatefulRedisConnection<byte[], byte[]> open;
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> running;
        synchronized (lock) {
            closed = true;
            open = connection;
            connection = null;
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
