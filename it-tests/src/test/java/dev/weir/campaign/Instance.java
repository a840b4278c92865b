// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.testkit.FakeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A JVM with one limiter and the load on it, that does what it is told by its standard input: a line, and one in answer. */
final class Instance implements AutoCloseable {

    private static final int HEAP_MB = 192;
    private static final int TRIES = 1_000;
    private static final long END_SECONDS = 20;

    private final Process process;
    private final BufferedReader said;

    private Instance(Process process) {
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
    }

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

    static Instance start(Task task) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MB + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Instance.class.getName());
        builder.command().addAll(task.words());
        builder.redirectError(task.folder().resolve("printed-" + task.number()).toFile());
        return new Instance(builder.start());
    }

    String awaitLine() throws IOException {
        String line = said.readLine();
        if (line == null) {
            throw new IOException("an instance has ended early");
        }
        return line;
    }

    void tell(String word) throws IOException {
        process.getOutputStream().write((word + "\n").getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().flush();
    }

    /** {@return the number of its process} */
    long pid() {
        return process.pid();
    }

    /** Waits until it has ended, as it does after {@code end}. */
    void awaitEnd() throws IOException, InterruptedException {
        if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new IOException("an instance did not end well");
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        said.close();
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
