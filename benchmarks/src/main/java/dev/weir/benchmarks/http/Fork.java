// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import dev.weir.benchmarks.http.Measured.Subject;
import dev.weir.time.TimeSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * All variants of one container, each in a JVM of its own, all of them alive, measured in turns. So what disturbs the machine
 * for a second disturbs neighbours alike, and no variant's classes are in the way of another's compiler. Not thread-safe.
 */
final class Fork implements AutoCloseable {

    private static final int LEAD_IN = 1_000;
    private static final int MOST_MORE = 8;
    private static final long SETTLED_MILLIS = 100;
    private static final TimeSource TIME = TimeSource.system();

    private final ServerKind kind;
    private final Limit limit;
    private final Effort effort;
    private final Load load;
    private final Map<Variant, ServerProcess> servers = new EnumMap<>(Variant.class);

    private Fork(ServerKind kind, Limit limit, Effort effort, Load load) {
        this.kind = kind;
        this.limit = limit;
        this.effort = effort;
        this.load = load;
    }

    /** Starts the servers and warms them up. */
    static Fork start(ServerKind kind, Limit limit, Effort effort, Load load) throws IOException {
        Fork fork = new Fork(kind, limit, effort, load);
        try {
            for (Variant variant : Variant.values()) {
                fork.servers.put(variant, ServerProcess.start(kind, variant, limit));
            }
            for (Variant variant : Variant.values()) {
                fork.warmUp(variant);
            }
            // One pass that nobody looks at, now that all of them are there.
            fork.pass(0, List.of(Variant.values()), new Measured());
            return fork;
        } catch (IOException e) {
            fork.close();
            throw e;
        }
    }

    /** Until the compilers have little left to do: on a busy machine they are far behind the requests. */
    private void warmUp(Variant variant) throws IOException {
        send(variant, effort.warmUp());
        for (int more = 0; more < MOST_MORE; more++) {
            Usage before = servers.get(variant).usage();
            send(variant, effort.window());
            if (servers.get(variant).usage().minus(before).compileMillis() < SETTLED_MILLIS) {
                return;
            }
        }
    }

    /** Measures in both directions in turn, so that what grows slowly does not favour the first. */
    void measure(int number, int passes, Measured measured) throws IOException {
        List<Variant> order = new ArrayList<>(List.of(Variant.values()));
        long begun = TIME.nanoTime();
        for (int pass = 0; pass < passes; pass++) {
            if (pass >= Effort.LEAST_PASSES
                    && TimeUnit.NANOSECONDS.toSeconds(TIME.nanoTime() - begun) >= effort.seconds()) {
                return;
            }
            pass(number, order, measured);
            Collections.reverse(order);
        }
    }

    private void pass(int number, List<Variant> order, Measured measured) throws IOException {
        for (Variant variant : order) {
            // Connections are new in each window: the first requests on them are not what is asked for.
            send(variant, LEAD_IN);
            ServerProcess server = servers.get(variant);
            Usage before = server.usage();
            long answered = send(variant, effort.window());
            measured.add(
                    number, new Subject(kind, limit, variant), server.usage().minus(before), answered);
        }
    }

    private long send(Variant variant, int number) throws IOException {
        Load.Answers answers = load.send(servers.get(variant).port(), number);
        boolean refuses = limit == Limit.CLOSED && variant != Variant.NONE;
        // Of what is refused a few pass: each caller's first, and Jetty's filter begins anew every second.
        if (refuses ? answers.passed() * 5 > answers.all() : answers.refused() > 0) {
            throw new IOException(kind.title() + ", " + variant.title() + ", " + limit + ": " + answers);
        }
        return answers.all();
    }

    @Override
    public void close() throws IOException {
        for (ServerProcess server : servers.values()) {
            server.close();
        }
    }
}
