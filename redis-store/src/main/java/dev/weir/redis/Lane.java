// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The way of charges over one connection. The first goes at once; those that come while two commands are under way wait, and
 * travel together in the next, in the order in which they came. So one who is alone waits for nobody, and many cost fewer
 * commands than they are. Ends with its connection. Thread-safe.
 */
final class Lane {

    /** How many commands may be under way. */
    static final int MOST_IN_FLIGHT = 2;

    /** How many charges may travel in one, so that Redis is not held up for longer than a fraction of a millisecond. */
    static final int MOST_TOGETHER = 64;

    private static final int MOST_KEYS = 1_000;

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ChargeScripts scripts;
    private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Held by who takes from the queue and sends, so that commands leave in the order of the queue. */
    private final Object leaving = new Object();

    Lane(StatefulRedisConnection<byte[], byte[]> connection, ChargeScripts scripts) {
        this.connection = connection;
        this.scripts = scripts;
    }

    StatefulRedisConnection<byte[], byte[]> connection() {
        return connection;
    }

    /**
     * Sends a charge, alone or with others, and waits for what Redis says of it.
     *
     * @throws Unanswered if there is no good answer in time
     */
    long[] run(Asked asked, long waitNanos) throws Unanswered {
        waiting.add(asked);
        sendWaiting();
        try {
            return asked.await(waitNanos);
        } catch (Unanswered e) {
            waiting.remove(asked);
            throw e;
        }
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && mayBegin()) {
            synchronized (leaving) {
                List<Asked> together = next();
                if (!together.isEmpty()) {
                    send(together, true);
                    continue;
                }
            }
            inFlight.decrementAndGet();
        }
    }

    private boolean mayBegin() {
        int running = inFlight.get();
        while (running < MOST_IN_FLIGHT) {
            if (inFlight.compareAndSet(running, running + 1)) {
                return true;
            }
            running = inFlight.get();
        }
        return false;
    }

    private List<Asked> next() {
        List<Asked> together = new ArrayList<>();
        int keys = 0;
        while (together.size() < MOST_TOGETHER && keys < MOST_KEYS) {
            Asked asked = waiting.poll();
            if (asked == null) {
                break;
            }
            if (asked.send()) {
                together.add(asked);
                keys += asked.keys().length;
            }
        }
        return together;
    }

    /** Sends several at once, which nobody else sends. */
    void send(List<Asked> together, boolean byDigest) {
        if (together.size() == 1) {
            Asked one = together.get(0);
            dispatch(
                    new Numbers(),
                    arguments(scripts.alone(), byDigest, one.keys()).addValue(one.items()),
                    together,
                    byDigest);
            return;
        }
        CommandArgs<byte[], byte[]> arguments = arguments(scripts.together(), byDigest, keysOf(together));
        arguments.addValue(countsOf(together));
        together.forEach(one -> arguments.addValue(one.items()));
        dispatch(new ManyNumbers(), arguments, together, byDigest);
    }

    private static CommandArgs<byte[], byte[]> arguments(Script script, boolean byDigest, byte[][] keys) {
        return new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(byDigest ? script.sha1() : script.text())
                .add(keys.length)
                .addKeys(keys);
    }

    private static byte[][] keysOf(List<Asked> together) {
        List<byte[]> keys = new ArrayList<>();
        together.forEach(one -> keys.addAll(List.of(one.keys())));
        return keys.toArray(new byte[0][]);
    }

    /** How many keys each charge has, in two bytes. */
    private static byte[] countsOf(List<Asked> together) {
        byte[] counts = new byte[together.size() * Short.BYTES];
        for (int i = 0; i < together.size(); i++) {
            int count = together.get(i).keys().length;
            counts[2 * i] = (byte) (count >> Byte.SIZE);
            counts[2 * i + 1] = (byte) count;
        }
        return counts;
    }

    private void dispatch(
            CommandOutput<byte[], byte[], ?> output,
            CommandArgs<byte[], byte[]> arguments,
            List<Asked> together,
            boolean byDigest) {
        CommandType command = byDigest ? CommandType.EVALSHA : CommandType.EVAL;
        try {
            connection
                    .async()
                    .dispatch(command, output, arguments)
                    .whenComplete((answer, failure) -> answered(together, answer, failure, byDigest));
        } catch (RuntimeException e) {
            answered(together, null, new Unanswered(Outcome.NOT_SENT, "Redis takes no commands.", e), byDigest);
        }
    }

    /** On a thread of Lettuce's. Those who wait are sent before those who have their answer wake, so that Redis has work. */
    private void answered(
            List<Asked> together, @Nullable Object answer, @Nullable Throwable failure, boolean byDigest) {
        if (failure instanceof RedisNoScriptException && byDigest) {
            List<Asked> stillThere = together.stream().filter(Asked::isAwaited).toList();
            if (!stillThere.isEmpty()) {
                send(stillThere, false);
                return;
            }
        }
        if (failure != null && !(failure instanceof RedisCommandExecutionException)) {
            turnBack(failure);
        }
        inFlight.decrementAndGet();
        sendWaiting();
        if (failure != null) {
            together.forEach(one -> one.fail(failure));
        } else if (answer instanceof long[] numbers) {
            together.get(0).answer(numbers);
        } else {
            ManyNumbers.handTo(together, (List<?>) requireNonNull(answer));
        }
    }

    /** A connection that has lost one command would lose the next, and those who wait need not be told that they perhaps went. */
    private void turnBack(Throwable why) {
        Unanswered unsent = new Unanswered(Outcome.NOT_SENT, "The connection to Redis ended.", why);
        for (Asked asked = waiting.poll(); asked != null; asked = waiting.poll()) {
            if (asked.send()) {
                asked.fail(unsent);
            }
        }
    }
}
