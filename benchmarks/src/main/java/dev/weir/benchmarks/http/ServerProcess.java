// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import dev.weir.redisrig.Jvm;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A {@link ServerMain} that runs in a JVM of its own, with a heap of fixed size. Not thread-safe. */
final class ServerProcess implements AutoCloseable {

    private static final Duration STOP = Duration.ofSeconds(10);
    /** What each JVM is started with, whatever the size of the machine. */
    static final List<String> JVM = List.of("-Xms256m", "-Xmx256m", "-Xmn64m", "-XX:+UseG1GC");

    private final Jvm jvm;
    private final int port;

    private ServerProcess(Jvm jvm) throws IOException {
        this.jvm = jvm;
        this.port = Integer.parseInt(jvm.answer());
    }

    static ServerProcess start(ServerKind kind, Variant variant, Limit limit) throws IOException {
        List<String> words = List.of(kind.name(), variant.name(), limit.name());
        Jvm jvm = Jvm.start(ServerMain.class, JVM, words, Redirect.DISCARD);
        try {
            return new ServerProcess(jvm);
        } catch (IOException | RuntimeException e) {
            jvm.kill();
            throw new IOException(kind.title() + " with " + variant.title() + " did not start", e);
        }
    }

    boolean isAlive() {
        return jvm.isAlive();
    }

    int port() {
        return port;
    }

    Usage usage() throws IOException {
        return Usage.parse(ask("usage"));
    }

    /** Begins to record where time goes and what is allocated. */
    void record() throws IOException {
        ask("record");
    }

    /** Ends the recording and writes it into a file. */
    void dump(Path file) throws IOException {
        ask("dump " + file);
    }

    private String ask(String command) throws IOException {
        jvm.tell(command);
        return jvm.answer();
    }

    @Override
    public void close() throws IOException {
        jvm.end(STOP);
    }
}
