// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Eight threads that ask for one after the other, and write down each answer. */
final class Load implements AutoCloseable {

    static final int THREADS = 8;

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    private final RateLimiter limiter;
    private final long origin;
    private final List<Thread> threads = new ArrayList<>();
    private final List<Answers> files = new ArrayList<>();
    private volatile boolean ends;

    private Load(RateLimiter limiter, long origin) {
        this.limiter = limiter;
        this.origin = origin;
    }

    static Path file(Path folder, int process, int thread) {
        return folder.resolve("answers-" + process + "-" + thread);
    }

    /** @param process the number of this process, by which its files and its seed are named */
    static Load start(RateLimiter limiter, long origin, long seed, Path folder, int process) throws IOException {
        Load load = new Load(limiter, origin);
        for (int i = 0; i < THREADS; i++) {
            SplittableRandom random = new SplittableRandom(seed + (long) process * THREADS + i);
            Answers answers = new Answers(file(folder, process, i));
            load.files.add(answers);
            load.threads.add(new Thread(() -> load.ask(random, answers), "load-" + i));
        }
        load.threads.forEach(Thread::start);
        return load;
    }

    private void ask(SplittableRandom random, Answers answers) {
        while (!ends) {
            try {
                answers.write(answer(Crowd.next(random), 1 + random.nextInt(Crowd.MAX_COST)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private Answers.Answer answer(int caller, int cost) {
        long start = System.nanoTime() - origin;
        try {
            Decision decision = limiter.decide(Crowd.request(caller, cost));
            long end = System.nanoTime() - origin;
            limiter.complete(decision, 200);
            int capacity = decision.tightest()
                    .map(rate -> Math.toIntExact(rate.limit()))
                    .orElse(0);
            return new Answers.Answer(
                    start, end, caller, cost, Answers.What.of(decision), decision.isDegraded(), capacity);
        } catch (RuntimeException | Error e) {
            e.printStackTrace();
            return new Answers.Answer(start, System.nanoTime() - origin, caller, cost, Answers.What.FAILED, false, 0);
        }
    }

    /** Ends all threads, and the files. */
    @Override
    public void close() throws IOException {
        ends = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while the load was ended", e);
            }
        }
        for (Answers file : files) {
            file.close();
        }
    }
}
