// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.redisrig.Jvm;
import dev.weir.testkit.FakeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a JVM does that has one limiter and the load on it: what it is told, a line, and says one in answer. */
final class Instance {

    private static final List<String> OPTIONS = List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int TRIES = 1_000;

    private Instance() {}

    /**
     * What a process is told at first.
     *
     * @param number its number, from 0 on
     * @param instances how many there are
     * @param mutant how it is to be wrong
     */
    record Task(String uri, long origin, long seed, Path folder, int number, int instances, Mutant mutant) {

        Task numbered(int other) {
            return new Task(uri, origin, seed, folder, other, instances, mutant);
        }

        private List<String> words() {
            return List.of(
                    uri,
                    Long.toString(origin),
                    Long.toString(seed),
                    folder.toString(),
                    Integer.toString(number),
                    Integer.toString(instances),
                    mutant.name());
        }

        private static Task of(String... words) {
            return new Task(
                    words[0],
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Path.of(words[3]),
                    Integer.parseInt(words[4]),
                    Integer.parseInt(words[5]),
                    Mutant.valueOf(words[6]));
        }
    }

    static Jvm start(Task task) throws IOException {
        Path errors = task.folder().resolve("printed-" + task.number());
        return Jvm.start(Instance.class, OPTIONS, task.words(), Redirect.to(errors.toFile()));
    }

    public static void main(String[] args) throws IOException {
        Task task = Task.of(args);
        RateLimiterBuilder builder = Crowd.limiter(task.uri(), task.instances());
        try (Mutant.Store store = task.mutant().store(task.uri())) {
            store.into(builder);
            try (RateLimiter limiter = builder.build();
                    BufferedReader told =
                            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                awaitShared(limiter);
                System.out.println("ready");
                if (told.readLine() != null) { // else who started us is gone
                    run(limiter, task, told);
                }
            }
        }
    }

    private static void awaitShared(RateLimiter limiter) {
        for (int i = 0;
                limiter.decide(FakeRequest.get("/other")
                                .header("User", "canary" + i)
                                .header("Cost", "1"))
                        .isDegraded();
                i++) {
            if (i == TRIES) {
                throw new IllegalStateException("Redis does not answer");
            }
            LockSupport.parkNanos(Crowd.DEADLINE.toNanos() / 10);
        }
    }

    private static void run(RateLimiter limiter, Task task, BufferedReader told) throws IOException {
        try (Stalls stalls = Stalls.start(task.origin(), task.folder(), task.number());
                Load load = Load.start(limiter, task.origin(), task.seed(), task.folder(), task.number())) {
            for (String word = told.readLine(); "measure".equals(word); word = told.readLine()) {
                System.out.println(Health.now(limiter.inFlight()).line());
            }
        }
        System.out.println(Health.now(limiter.inFlight()).line());
    }
}
