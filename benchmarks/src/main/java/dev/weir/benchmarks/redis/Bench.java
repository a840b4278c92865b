// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.benchmarks.redis.Effort.Cell;
import dev.weir.benchmarks.redis.Measured.Quantity;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** One server with all subjects on it, measured cell by cell. Not thread-safe. */
final class Bench implements AutoCloseable {

    private final Effort effort;
    private final RedisServer server;
    private final Resp redis;
    private final RedisClient client = RedisClient.create();
    private final Map<Kind, Subject> subjects = new EnumMap<>(Kind.class);
    private final Measured measured = new Measured();
    private int opened;

    private Bench(Effort effort, RedisServer server) throws IOException {
        this.effort = effort;
        this.server = server;
        this.redis = server.connect();
    }

    static Bench start(Effort effort) throws IOException {
        RedisServer server = RedisServer.start();
        try {
            return new Bench(effort, server);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** {@return the version of the server} */
    String version() {
        return server.version();
    }

    /** Lets every cell take its turn in every round. */
    Measured measure() throws IOException, InterruptedException {
        for (Kind kind : Kind.values()) {
            if (!kind.refuses()) {
                System.out.println("Proving and filling: " + kind.label());
                subjects.put(kind, open(kind));
            }
        }
        for (int round = 1; round <= effort.rounds(); round++) {
            System.out.printf(Locale.ROOT, "Round %d of %d%n", round, effort.rounds());
            for (Cell cell : effort.cells()) {
                measure(cell);
            }
        }
        return measured;
    }

    private Subject open(Kind kind) throws InterruptedException {
        Site site = new Site(client, server.uri(), String.format(Locale.ROOT, "bench-%02d", opened++));
        Proof.of(kind, site);
        int callers = effort.callers(kind);
        Subject subject = kind.open(site, kind.refuses() ? Load.SCARCE : Load.OPEN, Site.names(callers));
        Crowd.fill(kind, subject, new Crowd.Newcomers(0, callers, Effort.FILLERS));
        return subject;
    }

    private void measure(Cell cell) throws IOException, InterruptedException {
        Subject kept = subjects.get(cell.kind());
        if (kept != null) {
            measure(cell, kept);
            return;
        }
        // What refuses has the engine's pulse, which would be counted in the cells of others.
        try (Subject own = open(cell.kind())) {
            measure(cell, own);
        }
    }

    private void measure(Cell cell, Subject subject) throws IOException, InterruptedException {
        Crowd.ask(subject, cell, effort.warmUp());
        AtomicReference<Crowd.Result> result = new AtomicReference<>();
        Spent spent = Spent.on(redis, () -> result.set(Crowd.ask(subject, cell, effort.window())));
        measured.add(cell, result.get(), spent);
        System.out.printf(
                Locale.ROOT,
                "  %-30s %,7d callers, %2d threads: %,9.0f/s, p50 %s, p99 %s, Redis %s, %.3f commands%n",
                cell.kind().label(),
                cell.callers(),
                cell.threads(),
                measured.last(cell, Quantity.PER_SECOND),
                Numbers.time(measured.last(cell, Quantity.P50)),
                Numbers.time(measured.last(cell, Quantity.P99)),
                Numbers.time(measured.last(cell, Quantity.CPU)),
                measured.last(cell, Quantity.COMMANDS));
    }

    @Override
    public void close() throws IOException {
        try {
            subjects.values().forEach(Subject::close);
            client.shutdown();
            redis.close();
        } finally {
            server.close();
        }
    }
}
