// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of one's own with the class path of this one, for what several do to one Redis. It is told lines and says lines. A program
 * that ends when it can hear nothing more does not outlive who started it; {@link #close()} kills it whatever it does.
 *
 * <p>Not thread-safe.
 */
public final class Jvm implements AutoCloseable {

    private final String name;
    private final Process process;
    private final BufferedReader said;
    private final BufferedWriter told;

    private Jvm(String name, Process process) {
        this.name = name;
        this.process = process;
        this.said = process.inputReader(StandardCharsets.UTF_8);
        this.told = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts one, and does not wait until it does anything.
     *
     * @param program the class whose {@code main} it runs
     * @param options those of the JVM, such as {@code -Xmx64m}
     * @param words what {@code main} is given
     * @param errors where its standard error goes
     * @return the JVM, which the caller closes
     * @throws IOException if no process can be made
     */
    public static Jvm start(Class<?> program, List<String> options, List<String> words, Redirect errors)
            throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        line.addAll(options);
        line.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
        line.addAll(words);
        return new Jvm(
                program.getSimpleName(),
                new ProcessBuilder(line).redirectError(errors).start());
    }

    /**
     * Waits until it says something.
     *
     * @return the next line of its standard output
     * @throws IOException if there is none to come, because it has ended
     */
    public String answer() throws IOException {
        String line = said.readLine();
        if (line == null) {
            throw new IOException(name + " has ended without an answer");
        }
        return line;
    }

    /**
     * Tells it something, and does not wait: {@link #answer} does.
     *
     * @param line what it finds in its standard input, without the end of the line
     * @throws IOException if it has ended
     */
    public void tell(String line) throws IOException {
        told.write(line + "\n");
        told.flush();
    }

    /** {@return the number of its process} */
    public long pid() {
        return process.pid();
    }

    /** {@return whether the process is there} */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Waits until it has ended.
     *
     * @param patience how long
     * @return what it ended with; empty if it goes on
     * @throws InterruptedException if the thread is interrupted meanwhile
     */
    public OptionalInt awaitEnd(Duration patience) throws InterruptedException {
        return process.waitFor(patience.toNanos(), TimeUnit.NANOSECONDS)
                ? OptionalInt.of(process.exitValue())
                : OptionalInt.empty();
    }

    /**
     * Ends what it can hear, and kills it unless it ends by itself then.
     *
     * @param patience how long it may take; an interrupt cuts that short
     * @throws IOException if it does not take what it was told before
     */
    public void end(Duration patience) throws IOException {
        try {
            told.close();
            awaitEnd(patience);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
        }
    }

    /** Kills it (SIGKILL), and does not wait until it is gone; a dead one can be killed too. */
    public void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() throws IOException {
        kill();
        said.close();
    }
}
