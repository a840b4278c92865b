// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link CrowdMain} that runs in a JVM of its own. What it has to complain of goes to standard error. Not thread-safe. */
final class CrowdProcess implements AutoCloseable {

    private static final long STOP_SECONDS = 10;

    /** What each JVM is started with, whatever the size of the machine; a million callers of all series need half a GB. */
    static final List<String> JVM = List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC");

    private final Process process;
    private final BufferedReader answers;
    private final BufferedWriter commands;

    private CrowdProcess(Process process) throws IOException {
        this.process = process;
        this.answers = process.inputReader(StandardCharsets.US_ASCII);
        this.commands = process.outputWriter(StandardCharsets.US_ASCII);
        answer();
    }

    /** Starts one that talks to a server. */
    static CrowdProcess start(String uri) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command().addAll(JVM);
        builder.command().addAll(List.of("-cp", System.getProperty("java.class.path"), CrowdMain.class.getName(), uri));
        Process process = builder.redirectError(Redirect.INHERIT).start();
        try {
            return new CrowdProcess(process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IOException("a crowd did not start", e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Tells it to do something, and does not wait: {@link #answer} does. */
    void tell(String command) throws IOException {
        commands.write(command + "\n");
        commands.flush();
    }

    /** {@return what it says when it has done what it was told} */
    String answer() throws IOException {
        String line = answers.readLine();
        if (line == null) {
            throw new IOException("the crowd has ended");
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
