// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link ServerMain} that runs in a JVM of its own, with a heap of fixed size. Not thread-safe. */
final class ServerProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 10;
    /** What each JVM is started with, whatever the size of the machine. */
    static final List<String> JVM = List.of("-Xms256m", "-Xmx256m", "-Xmn64m", "-XX:+UseG1GC");

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;
    private final int port;

    private ServerProcess(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
        this.commands = process.outputWriter(StandardCharsets.US_ASCII);
        this.port = Integer.parseInt(answer());
    }

    static ServerProcess start(ServerKind kind, Variant variant, Limit limit) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(JVM);
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), ServerMain.class.getName()));
        builder.command().addAll(List.of(kind.name(), variant.name(), limit.name()));
        Process process = builder.redirectError(Redirect.DISCARD).start();
        try {
            return new ServerProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IOException(kind.title() + " with " + variant.title() + " did not start", e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
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
        commands.write(command + "\n");
        commands.flush();
        return answer();
    }

    private String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the server has ended");
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        try {
            commands.close();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
