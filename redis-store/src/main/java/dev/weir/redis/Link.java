// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Outcome;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one connection to a server. A command goes at most once: one whose connection ends is not sent again, and without a
 * connection none waits for one. Only {@link #connect} connects, and it has at most one attempt under way. Thread-safe.
 */
final class Link {

    private static final int BEATS_TO_RECONNECT = 3;
    private static final int FAILURES_TO_LEAVE = 5;

    private final RedisClient client;
    private final RedisURI uri;
    private final ChargeScripts scripts;
    private final Object lock = new Object();
    private final Redirects redirects;
    private final AtomicInteger failures = new AtomicInteger();
    private volatile @Nullable Lanes lanes;
    private volatile @Nullable Throwable trouble;

    /** Guarded by {@link #lock}. */
    private @Nullable CompletableFuture<StatefulRedisConnection<byte[], byte[]>> attempt;

    private boolean closed;

    /** Touched by the background thread only. */
    private int unansweredBeats;

    /** To one server, which redirects nobody. */
    Link(RedisClient client, RedisURI uri, ChargeScripts scripts) {
        this(client, uri, scripts, Redirects.NONE);
    }

    Link(RedisClient client, RedisURI uri, ChargeScripts scripts, Redirects redirects) {
        this.client = client;
        this.uri = uri;
        this.scripts = scripts;
        this.redirects = redirects;
    }

    /** {@return where the server is} */
    RedisURI uri() {
        return uri;
    }

    /** {@return why there is no connection, as far as that is known} */
    @Nullable Throwable trouble() {
        return trouble;
    }

    /** {@return the commands of the open connection, or null if there is none} */
    @Nullable RedisAsyncCommands<byte[], byte[]> commands() {
        StatefulRedisConnection<byte[], byte[]> open = connection();
        return open == null ? null : open.async();
    }

    /** {@return the open connection, or null} */
    @Nullable StatefulRedisConnection<byte[], byte[]> connection() {
        Lanes open = openLanes();
        return open == null ? null : open.connection();
    }

    private @Nullable Lanes openLanes() {
        Lanes open = lanes;
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
            connectSoon();
            running = requireNonNull(attempt);
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
            lanes = new Lanes(made, scripts, redirects);
            failures.set(0);
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
        Throwable explained = Distrust.explained(why, uri);
        trouble = explained == why ? root(why) : explained;
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
        Lanes old = lanes;
        lanes = null;
        if (old != null) {
            end(old.connection());
        }
    }

    /**
     * Sends a charge, with others of its slot that are made at the same moment.
     *
     * @throws Unanswered if there is no connection
     */
    void send(Asked asked, int slot) throws Unanswered {
        Lanes open = openLanes();
        if (open == null) {
            throw noConnection();
        }
        open.of(slot).send(asked);
    }

    private Unanswered noConnection() {
        return new Unanswered(Outcome.NOT_SENT, "There is no connection to Redis.", trouble);
    }

    /**
     * Sends again what another server has said is for this one.
     *
     * @param asking whether this server takes it only if asked to
     * @return whether there is a connection; else one is made, and nothing was sent
     */
    boolean redirected(List<Asked> together, int slot, boolean asking) {
        Lanes open = openLanes();
        if (open == null) {
            connectSoon();
            return false;
        }
        open.of(slot).sendAgain(together, asking);
        return true;
    }

    /** Begins to connect, if there is no connection and nobody does so already. The next {@link #connect} finds what came of it. */
    void connectSoon() {
        synchronized (lock) {
            if (!closed && attempt == null && connection() == null) {
                drop();
                attempt = begin();
            }
        }
    }

    /**
     * Runs a script that may be run twice, and hands it over where Redis does not know it yet.
     *
     * @throws Unanswered if there is no good answer within the deadline
     */
    long[] run(Script script, byte[][] keys, byte[][] values, long deadlineNanos) throws Unanswered {
        return await(ask(script, keys, values), deadlineNanos);
    }

    /** The same without waiting. */
    CompletableFuture<long[]> ask(Script script, byte[][] keys, byte[][] values) {
        StatefulRedisConnection<byte[], byte[]> open = connection();
        if (open == null) {
            return CompletableFuture.failedFuture(noConnection());
        }
        return dispatch(open, CommandType.EVALSHA, script.sha1(), keys, values)
                .exceptionallyCompose(failure -> failure instanceof RedisNoScriptException
                        ? dispatch(open, CommandType.EVAL, script.text(), keys, values)
                        : CompletableFuture.failedFuture(failure));
    }

    private static CompletableFuture<long[]> dispatch(
            StatefulRedisConnection<byte[], byte[]> open,
            CommandType command,
            byte[] script,
            byte[][] keys,
            byte[][] values) {
        CommandArgs<byte[], byte[]> args = new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(script)
                .add(keys.length)
                .addKeys(keys)
                .addValues(values);
        try {
            return open.async().dispatch(command, new Numbers(), args).toCompletableFuture();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(new Unanswered(Outcome.NOT_SENT, "Redis takes no commands.", e));
        }
    }

    /**
     * Waits for what was asked.
     *
     * @throws Unanswered if there is no good answer in time
     */
    static long[] await(CompletableFuture<long[]> asked, long waitNanos) throws Unanswered {
        try {
            return asked.get(waitNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new Unanswered(Outcome.PERHAPS_SENT, "Redis did not answer within the deadline.", null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unanswered(Outcome.PERHAPS_SENT, "The thread was interrupted while Redis was asked.", e);
        } catch (ExecutionException e) {
            throw Unanswered.of(e.getCause());
        } catch (CancellationException e) {
            throw Unanswered.of(e);
        }
    }

    /**
     * Says what came of a sign of life that was asked for. A connection on which nothing comes back may be dead without knowing it.
     * One to a replica was to the master once: who is that today, the sentinels or the name of the host tell when it is made
     * anew. For the background thread.
     */
    void heard(@Nullable Unanswered failure) {
        if (failure == null) {
            unansweredBeats = 0;
            failures.set(0);
            return;
        }
        failed(failure);
        if (isReadOnly(failure.getCause())) {
            drop();
        }
        if (failure.outcome() != Outcome.PERHAPS_SENT) {
            unansweredBeats = 0;
        } else if (++unansweredBeats >= BEATS_TO_RECONNECT) {
            unansweredBeats = 0;
            drop();
        }
    }

    /** Before version 7 the error of a script holds that of its command. */
    private static boolean isReadOnly(@Nullable Throwable why) {
        return why != null && String.valueOf(why.getMessage()).contains("READONLY");
    }

    /** Says that a charge was answered. */
    void answered() {
        if (failures.get() != 0) {
            failures.set(0);
        }
    }

    /** Says that a charge, or a sign of life, was not. */
    void failed(Unanswered failure) {
        if (!(failure.getCause() instanceof RedisCommandExecutionException)) {
            failures.incrementAndGet(); // an error is an answer, for which nobody has waited long
        }
    }

    /** {@return whether it is not worth a request's time, until it gives a sign of life} */
    boolean isGone() {
        return failures.get() >= FAILURES_TO_LEAVE || connection() == null;
    }

    /** Ends the connection, within the time. */
    void close(long waitNanos) {
        Waiting.upTo(waitNanos, end());
    }

    /** Begins to end the connection, for good. */
    CompletableFuture<Void> end() {
        Lanes open;
        CompletableFuture<StatefulRedisConnection<byte[], byte[]>> running;
        synchronized (lock) {
            closed = true;
            open = lanes;
            lanes = null;
            running = attempt;
        }
        if (running != null) {
            CompletableFuture<?> unused = running.thenAccept(Link::end);
        }
        return open == null
                ? CompletableFuture.completedFuture(null)
                : open.connection().closeAsync();
    }
}
