// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Some processes that share one server and its keys, of which all or the first few ask at a time. Not thread-safe. */
final class Crowds implements AutoCloseable {

    private static final int TRIES = 8;

    private final List<CrowdProcess> processes = new ArrayList<>();
    private int proofs;

    private Crowds() {}

    static Crowds start(String uri, int number) throws IOException {
        Crowds crowds = new Crowds();
        try {
            for (int i = 0; i < number; i++) {
                crowds.processes.add(CrowdProcess.start(uri));
            }
            return crowds;
        } catch (IOException e) {
            crowds.close();
            throw e;
        }
    }

    /**
     * A subject that every process has.
     *
     * @param series what it is
     * @param number by which the processes know it
     */
    record Shared(Series series, String number) {}

    /**
     * Opens a subject in every process, on keys that all series and numbers of buckets have apart or alike as they would be in
     * one process.
     */
    Shared open(Series series, int callers, int buckets) throws IOException {
        return open(series, "curve-" + series, Load.OPEN, callers + " " + buckets);
    }

    private Shared open(Series series, String prefix, Load load, String size) throws IOException {
        String name = load.equals(Load.SCARCE) ? "SCARCE" : "OPEN";
        String command = String.join(" ", "open", series.name(), prefix, name, size);
        // They are opened in the same order, so it is the same number everywhere.
        String number = "";
        for (CrowdProcess process : processes) {
            process.tell(command);
            number = process.answer();
        }
        return new Shared(series, number);
    }

    /**
     * Shows that a series does its work, in all processes together: each of two callers tries in one process after the other,
     * and is admitted in all of them together as often as one limit allows.
     *
     * @throws IllegalStateException if the processes admit too few or too many
     */
    void prove(Series series, int buckets) throws IOException {
        Shared small = open(series, "proof-" + proofs++, Load.SCARCE, "2 " + buckets);
        // The floor only reads.
        long expected = series == Series.GET ? (long) TRIES * processes.size() : Load.SCARCE.capacity();
        for (int caller = 0; caller < 2; caller++) {
            long admitted = 0;
            for (CrowdProcess process : processes) {
                process.tell(String.join(" ", "try", small.number(), caller + " " + TRIES));
                admitted += Long.parseLong(process.answer());
            }
            if (admitted != expected) {
                throw new IllegalStateException(series + " of " + buckets + " buckets admitted " + admitted + " in "
                        + processes.size() + " processes and not " + expected);
            }
        }
    }

    /** Lets every caller come for the first time, each in one of the processes. */
    void fill(Shared subject, int callers) throws IOException {
        int number = processes.size();
        int threads = CurveEffort.THREADS / number;
        for (int i = 0; i < number; i++) {
            long from = (long) callers * i / number;
            long to = (long) callers * (i + 1) / number;
            processes.get(i).tell("fill " + subject.number() + " " + from + " " + to + " " + threads);
        }
        for (CrowdProcess process : processes) {
            process.answer();
        }
    }

    /**
     * Asks for a while, in the first so many processes at once. When it returns, all questions have been answered.
     *
     * @param subject whom
     * @param spot for how many callers, and in how many processes, which share the threads
     * @param length for how long
     * @return what came of it in all of them
     * @throws IOException if a process has ended, because somebody was not answered as he should be
     */
    Answers ask(Shared subject, Curve.Spot spot, Duration length) throws IOException {
        List<CrowdProcess> asking = processes.subList(0, spot.processes());
        int threads = CurveEffort.THREADS / spot.processes();
        for (CrowdProcess process : asking) {
            process.tell("ask " + subject.number() + " " + spot.callers() + " " + threads + " " + length.toMillis());
        }
        Answers all = Answers.NONE;
        for (CrowdProcess process : asking) {
            all = all.together(Answers.parse(process.answer()));
        }
        return all;
    }

    @Override
    public void close() throws IOException {
        for (CrowdProcess process : processes) {
            process.close();
        }
    }
}
