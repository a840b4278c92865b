// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.StatusOutput;
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

    /** How many charges may travel in one, so that Redis is not held up for longer than about a millisecond. */
    static final int MOST_TOGETHER = 64;

    private static final int MOST_KEYS = 1_000;

    /** One command: who travels, whether the script goes by its digest, and whether the server is asked to take what it does not own yet. */
    private record Trip(List<Asked> together, boolean byDigest, boolean asking) {}

    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final ChargeScripts scripts;
    private final Queue<Asked> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger inFlight = new AtomicInteger();

    private final Redirects redirects;
    private final int slot;

    /** Held by who takes from the queue and sends, so that commands leave in the order of the queue. */
    private final Object leaving = new Object();

    Lane(StatefulRedisConnection<byte[], byte[]> connection, ChargeScripts scripts, Redirects redirects, int slot) {
        this.connection = connection;
        this.scripts = scripts;
        this.redirects = redirects;
        this.slot = slot;
    }

    /** Sends a charge, alone or with others, as soon as there is room. */
    void send(Asked asked) {
        asked.waitIn(waiting);
        sendWaiting();
    }

    private void sendWaiting() {
        while (!waiting.isEmpty() && mayBegin()) {
            synchronized (leaving) {
                List<Asked> together = next();
                if (!together.isEmpty()) {
                    send(new Trip(together, true, false));
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

    /**
     * Sends what another lane has sent to the wrong server.
     *
     * @param asking whether this server takes it only if asked to, because it does not own the slot yet
     */
    void sendAgain(List<Asked> together, boolean asking) {
        List<Asked> stillThere = together.stream().filter(Asked::isAwaited).toList();
        if (!stillThere.isEmpty()) {
            inFlight.incrementAndGet();
            send(new Trip(stillThere, true, asking));
        }
    }

    private void send(Trip trip) {
        List<Asked> together = trip.together();
        CommandArgs<byte[], byte[]> arguments;
        CommandOutput<byte[], byte[], ?> output;
        if (together.size() == 1) {
            Asked one = together.get(0);
            arguments = arguments(scripts.alone(), trip, one.keys()).addValue(one.items());
            output = new Numbers();
        } else {
            arguments = arguments(scripts.together(), trip, keysOf(together)).addValue(countsOf(together));
            for (Asked one : together) {
                arguments.addValue(one.items());
            }
            output = new ManyNumbers();
        }
        try {
            if (trip.asking()) {
                // Another command may come between; then this one is sent back, and on again.
                RedisFuture<String> unused =
                        connection.async().dispatch(CommandType.ASKING, new StatusOutput<>(ByteArrayCodec.INSTANCE));
            }
            connection
                    .async()
                    .dispatch(trip.byDigest() ? CommandType.EVALSHA : CommandType.EVAL, output, arguments)
                    .whenComplete((answer, failure) -> answered(trip, answer, failure));
        } catch (RuntimeException e) {
            Unanswered unsent = new Unanswered(Outcome.NOT_SENT, "Redis takes no commands.", e);
            answered(trip, null, unsent);
        }
    }

    private static CommandArgs<byte[], byte[]> arguments(Script script, Trip trip, byte[][] keys) {
        return new CommandArgs<>(ByteArrayCodec.INSTANCE)
                .add(trip.byDigest() ? script.sha1() : script.text())
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

    /** On a thread of Lettuce's. Those who wait are sent before those who have their answer wake, so that Redis has work. */
    private void answered(Trip trip, @Nullable Object answer, @Nullable Throwable failure) {
        List<Asked> together = trip.together();
        if (failure instanceof RedisNoScriptException && trip.byDigest()) {
            List<Asked> stillThere = together.stream().filter(Asked::isAwaited).toList();
            if (!stillThere.isEmpty()) {
                send(new Trip(stillThere, false, trip.asking()));
                return;
            }
        }
        if (failure != null && !(failure instanceof RedisCommandExecutionException)) {
            turnBack(failure);
        }
        inFlight.decrementAndGet();
        sendWaiting();
        if (failure instanceof RedisCommandExecutionException error
                && redirects.follow(together, slot, String.valueOf(error.getMessage()))) {
            return;
        }
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
