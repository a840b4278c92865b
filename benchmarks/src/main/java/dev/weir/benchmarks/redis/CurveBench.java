// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.benchmarks.redis.Crowds.Shared;
import dev.weir.benchmarks.redis.Curve.Spot;
import dev.weir.benchmarks.redis.CurveData.Figure;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** One curve, on a server of its own, asked by processes that live as long as it. Not thread-safe. */
final class CurveBench implements AutoCloseable {

    private final Curve curve;
    private final CurveEffort effort;
    private final RedisServer server;
    private final Resp redis;
    private final Crowds crowds;
    private final Map<Shape, Shared> subjects = new HashMap<>();

    /** What a subject is made for; the number of callers and processes is that of the curve. */
    private record Shape(Series series, int buckets) {}

    private CurveBench(Curve curve, CurveEffort effort, RedisServer server) throws IOException {
        this.curve = curve;
        this.effort = effort;
        this.server = server;
        this.redis = server.connect();
        this.crowds = Crowds.start(
                server.uri(), most(Comparator.comparing(Spot::processes)).processes());
    }

    static CurveBench start(Curve curve, CurveEffort effort) throws IOException {
        RedisServer server = RedisServer.start();
        try {
            return new CurveBench(curve, effort, server);
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** {@return the version of the server} */
    String version() {
        return server.version();
    }

    /** Lets every point take its turn in every round, after one that nobody looks at. */
    void measure(CurveData data) throws IOException, InterruptedException {
        open();
        List<Spot> spots = curve.spots(effort);
        for (Spot spot : spots) {
            crowds.ask(subject(spot), spot, effort.settle());
        }
        for (int round = 1; round <= effort.rounds(); round++) {
            System.out.printf(Locale.ROOT, "Round %d of %d%n", round, effort.rounds());
            for (Spot spot : spots) {
                measure(spot, data);
            }
        }
        spots.forEach(spot -> say(spot, data));
    }

    /** The most buckets first: their keys are those of fewer buckets too, and need to be filled once. */
    private void open() throws IOException {
        int callers = most(Comparator.comparing(Spot::callers)).callers();
        for (Series series : curve.series()) {
            System.out.println("Proving and filling: " + series.label());
            List<Integer> sizes = new ArrayList<>(curve.spots(effort).stream()
                    .filter(spot -> spot.series() == series)
                    .map(Spot::buckets)
                    .distinct()
                    .sorted(Comparator.reverseOrder())
                    .toList());
            for (int buckets : sizes) {
                crowds.prove(series, buckets);
                subjects.put(new Shape(series, buckets), crowds.open(series, callers, buckets));
            }
            crowds.fill(subjects.get(new Shape(series, sizes.get(0))), callers);
        }
    }

    private Spot most(Comparator<Spot> order) {
        return curve.spots(effort).stream().max(order).orElseThrow();
    }

    private Shared subject(Spot spot) {
        Shared subject = subjects.get(new Shape(spot.series(), spot.buckets()));
        if (subject == null) {
            throw new IllegalStateException("nobody has opened " + spot);
        }
        return subject;
    }

    private void measure(Spot spot, CurveData data) throws IOException, InterruptedException {
        Shared subject = subject(spot);
        crowds.ask(subject, spot, effort.warmUp());
        AtomicReference<Answers> answers = new AtomicReference<>(Answers.NONE);
        Spent spent = Spent.on(redis, () -> answers.set(crowds.ask(subject, spot, effort.window())));
        data.add(curve, spot, answers.get(), spent);
    }

    private void say(Spot spot, CurveData data) {
        System.out.printf(
                Locale.ROOT,
                "  %-30s %d processes, %d buckets, %,9d callers: %,9.0f/s, Redis %s, %.3f commands%n",
                spot.series().label(),
                spot.processes(),
                spot.buckets(),
                spot.callers(),
                data.median(curve, spot, Figure.PER_SECOND).orElseThrow(),
                Numbers.time(data.median(curve, spot, Figure.CPU).orElseThrow()),
                data.median(curve, spot, Figure.SENT).orElseThrow());
    }

    @Override
    public void close() throws IOException {
        try {
            crowds.close();
            redis.close();
        } finally {
            server.close();
        }
    }
}
