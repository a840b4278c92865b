// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Some threads that ask without a pause, each waiting for its answer, for callers that all come alike often. */
final class Crowd {

    private static final TimeSource TIME = TimeSource.system();

    /** What a thread does until it is told to stop. */
    private interface Work {
        void run(int thread, Latencies latencies);
    }

    private final CountDownLatch gate = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private volatile boolean stop;

    private Crowd() {}

    /**
     * What came of it.
     *
     * @param elapsedNanos from the first question to the last answer
     * @param latencies what every decision took, of all threads
     */
    record Result(long elapsedNanos, Latencies latencies) {

        double perSecond() {
            return (double) latencies.count() * TimeUnit.SECONDS.toNanos(1) / elapsedNanos;
        }
    }

    /**
     * Asks for a while. When it returns, all questions have been answered.
     *
     * @param subject whom
     * @param cell what kind of subject that is, for how many callers, with how many threads
     * @param length for how long
     * @return what came of it
     * @throws IllegalStateException if somebody was not answered as he should be
     */
    static Result ask(Subject subject, Effort.Cell cell, Duration length) throws InterruptedException {
        Crowd crowd = new Crowd();
        Result result = crowd.run(cell.threads(), length, (thread, latencies) -> {
            SplittableRandom random = new SplittableRandom(thread);
            while (!crowd.stop) {
                int caller = random.nextInt(cell.callers());
                long begun = TIME.nanoTime();
                boolean admitted = subject.take(caller);
                latencies.add(TIME.nanoTime() - begun);
                Proof.answers(cell.kind(), admitted);
            }
        });
        subject.check();
        return result;
    }

    /**
     * Some of the callers who come for the first time.
     *
     * @param from the first
     * @param to the one behind the last
     * @param threads how many introduce them
     */
    record Newcomers(int from, int to, int threads) {}

    /**
     * Lets callers come for the first time.
     *
     * @throws IllegalStateException if somebody was not answered as he should be
     */
    static void fill(Kind kind, Subject subject, Newcomers callers) throws InterruptedException {
        Crowd crowd = new Crowd();
        AtomicInteger next = new AtomicInteger(callers.from());
        crowd.run(callers.threads(), Duration.ZERO, (thread, latencies) -> {
            for (int caller = next.getAndIncrement(); caller < callers.to(); caller = next.getAndIncrement()) {
                Proof.introduce(kind, subject, caller);
            }
        });
    }

    private Result run(int threads, Duration length, Work work) throws InterruptedException {
        List<Latencies> parts = new ArrayList<>();
        List<Thread> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            int number = i;
            Latencies own = new Latencies();
            parts.add(own);
            Thread thread = new Thread(() -> attempt(work, number, own), "crowd-" + i);
            thread.setDaemon(true);
            thread.start();
            all.add(thread);
        }
        long begun = TIME.nanoTime();
        gate.countDown();
        stopped.await(length.toNanos(), TimeUnit.NANOSECONDS); // less if somebody fails
        stop = true;
        for (Thread thread : all) {
            thread.join();
        }
        long elapsed = TIME.nanoTime() - begun;
        if (failure.get() != null) {
            throw new IllegalStateException("the load failed", failure.get());
        }
        Latencies sum = new Latencies();
        parts.forEach(sum::add);
        return new Result(elapsed, sum);
    }

    private void attempt(Work work, int number, Latencies own) {
        try {
            gate.await();
            work.run(number, own);
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
            stop = true;
            stopped.countDown();
        }
    }
}
