// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.redis.RedisStore;
import dev.weir.redisrig.Jvm;
import dev.weir.testkit.RecordedHistory;
import dev.weir.time.TimeSource;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.TimeoutOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A JVM that charges a store in Redis from eight threads, and writes down what it was admitted and refused. */
final class HistoryProcess implements AutoCloseable {

    private static final List<String> OPTIONS = List.of("-Xmx192m", "-XX:+UseSerialGC");
    private static final int HEARTBEATS = 20;
    private static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Jvm jvm;
    private final Path file;

    private HistoryProcess(Jvm jvm, Path file) {
        this.jvm = jvm;
        this.file = file;
    }

    /** What a process is told. */
    record Task(String uri, long origin, Duration length, Duration clocksAhead, long seed, Path file) {

        private List<String> words() {
            return List.of(
                    uri,
                    Long.toString(origin),
                    length.toString(),
                    clocksAhead.toString(),
                    Long.toString(seed),
                    file.toString());
        }

        private static Task of(String... words) {
            return new Task(
                    words[0],
                    Long.parseLong(words[1]),
                    Duration.parse(words[2]),
                    Duration.parse(words[3]),
                    Long.parseLong(words[4]),
                    Path.of(words[5]));
        }
    }

    static HistoryProcess start(Task task) throws IOException {
        Jvm jvm = Jvm.start(HistoryProcess.class, OPTIONS, task.words(), Redirect.INHERIT);
        return new HistoryProcess(jvm, task.file());
    }

    /** Waits until it is connected. */
    void awaitReady() throws IOException {
        String line = jvm.answer();
        if (!"ready".equals(line)) {
            throw new IOException("a process was not ready but said " + line);
        }
    }

    void go() throws IOException {
        jvm.tell("go");
    }

    /** Waits a while. */
    boolean hasEnded(Duration patience) throws IOException, InterruptedException {
        OptionalInt code = jvm.awaitEnd(patience);
        if (code.orElse(0) != 0) {
            throw new IOException("a process ended with " + code.getAsInt());
        }
        return code.isPresent();
    }

    RecordedHistory history() throws IOException {
        return RecordedHistory.read(file);
    }

    @Override
    public void close() throws IOException {
        jvm.close();
    }

    /** A client that waits for an answer as long as it is told, where one of Lettuce's own accord gives up after a second. */
    static RedisClient client() {
        RedisClient client = RedisClient.create();
        client.setOptions(ClientOptions.builder()
                .timeoutOptions(TimeoutOptions.builder().timeoutCommands(false).build())
                .build());
        return client;
    }

    /** A store that is connected, however busy the machine is. */
    static RedisStore open(RedisClient client, String uri, Duration clocksAhead) {
        RedisStore store = RedisStore.builder(client, RedisURI.create(uri))
                .namespace("history")
                .time(new Ahead(clocksAhead))
                .build();
        for (int i = 0; store.heartbeat(HEARTBEAT_NANOS) == 0; i++) {
            if (i == HEARTBEATS) {
                throw new IllegalStateException("Redis does not answer");
            }
            LockSupport.parkNanos(HEARTBEAT_NANOS / 10);
        }
        return store;
    }

    public static void main(String[] args) throws IOException {
        Task task = Task.of(args);
        RedisClient client = client();
        try (RedisStore store = open(client, task.uri(), task.clocksAhead())) {
            System.out.println("ready");
            try (BufferedReader told = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
                if (told.readLine() == null) {
                    return; // who started us is gone
                }
            }
            RecordedHistory.record(store, task.origin(), task.length(), task.seed())
                    .write(task.file());
        } finally {
            client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        }
    }

    /** The clocks of this machine, as a JVM sees them whose own are wrong. */
    private record Ahead(Duration by) implements TimeSource {

        @Override
        public long nanoTime() {
            return TimeSource.system().nanoTime() + by.toNanos();
        }

        @Override
        public Instant now() {
            return TimeSource.system().now().plus(by);
        }
    }
}
