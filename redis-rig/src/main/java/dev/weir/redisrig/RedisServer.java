// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * A Redis server of one's own on 127.0.0.1: the {@code redis-server} from the PATH, or without one the binary that a JAR
 * carries. It saves nothing by itself, works in a folder of its own, and ends with {@link #close()} or with the JVM, both
 * of which remove that folder. A JVM that is killed leaves it behind.
 *
 * <p>Thread-safe.
 */
public final class RedisServer implements AutoCloseable {

    private static final int POLL_MILLIS = 10;
    private static final int FREEZE_MILLIS = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final int PRINTED_CHARS = 4_000;

    private final Path folder;
    private final RedisBinary binary;
    private final int port;
    private final int polls;
    private final Optional<String> password;
    private final @Nullable SSLContext tls;
    private final List<String> line;
    private final Thread hook = new Thread(this::end, "weir-redis-stop");
    private @Nullable Process process; // guarded by this
    private boolean frozen; // guarded by this

    private RedisServer(Path folder, RedisBinary binary, RedisServerBuilder builder) throws IOException {
        this.folder = folder;
        this.binary = binary;
        this.port = builder.clusterNode ? Loopback.freeClusterPort() : Loopback.freePort();
        this.polls = builder.polls;
        this.password = builder.password;
        this.tls = builder.tls.isEmpty() ? null : builder.tls.get().client();
        this.line = new ArrayList<>(List.of(binary.path().toString()));
        if (builder.sentinel.isPresent()) {
            line.addAll(sentinel(builder.sentinel.get(), settings(builder.tls)));
            return;
        }
        for (List<String> setting : settings(builder.tls)) {
            line.add("--" + setting.get(0));
            line.add(setting.get(1));
        }
        line.addAll(List.of("--save", "", "--appendonly", "no"));
        line.addAll(builder.options);
        if (builder.clusterNode && builder.tls.isPresent()) {
            line.addAll(List.of("--tls-cluster", "yes"));
        }
        if (builder.debugCommand && binary.isSince(7)) {
            line.addAll(List.of("--enable-debug-command", "yes"));
        }
    }

    /** Where it listens, and how. */
    private List<List<String>> settings(Optional<TlsFiles> files) {
        List<List<String>> settings = new ArrayList<>(List.of(List.of("bind", Loopback.ADDRESS.getHostAddress())));
        settings.addAll(
                files.isEmpty()
                        ? List.of(List.of("port", Integer.toString(port)))
                        : files.get().settings(port));
        return settings;
    }

    /** A sentinel takes a file only, because it keeps there what it learns. */
    private List<String> sentinel(String lines, List<List<String>> settings) throws IOException {
        Path file = folder.resolve("sentinel.conf");
        String own = settings.stream().map(setting -> String.join(" ", setting)).collect(Collectors.joining("\n"));
        Files.writeString(file, own + "\nsentinel resolve-hostnames no\n" + lines);
        return List.of(file.toString(), "--sentinel");
    }

    /** {@return a way to say how a server is started} */
    public static RedisServerBuilder builder() {
        return new RedisServerBuilder();
    }

    /**
     * Starts a server, and waits until it answers.
     *
     * @return the server, which the caller closes
     * @throws IOException if it does not start; the message holds what it has printed
     */
    public static RedisServer start() throws IOException {
        return builder().start();
    }

    /** Starts a server in a folder that it will remove. */
    static RedisServer start(Path folder, RedisBinary binary, RedisServerBuilder builder) throws IOException {
        RedisServer server = new RedisServer(folder, binary, builder);
        Runtime.getRuntime().addShutdownHook(server.hook);
        try {
            server.launch();
            return server;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    private synchronized void launch() throws IOException {
        Process started = new ProcessBuilder(line)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("printed").toFile()))
                .start();
        process = started;
        frozen = false;
        for (int i = 0; i < polls; i++) {
            if (answers()) {
                return;
            }
            if (hasEnded(started, POLL_MILLIS)) {
                throw new IOException("Redis ended with " + started.exitValue() + " and printed:\n" + printed());
            }
        }
        kill();
        throw new IOException("Redis does not answer, and printed:\n" + printed());
    }

    /** Any answer will do: that a password is missing, or that it is still loading. */
    private boolean answers() {
        try (Resp connection = Resp.connect(port, PATIENCE, tls)) {
            connection.command("PING");
            return true;
        } catch (Resp.ErrorReply e) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean hasEnded(Process process, long millis) throws IOException {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException("interrupted while waiting for Redis").initCause(e);
        }
    }

    /** {@return the end of what the server has printed} */
    public String printed() {
        try {
            String all = Files.readString(folder.resolve("printed"), StandardCharsets.ISO_8859_1);
            return all.substring(Math.max(0, all.length() - PRINTED_CHARS)).strip();
        } catch (IOException e) {
            return "nothing that could be read: " + e;
        }
    }

    /** {@return the address as clients want it, such as {@code redis://127.0.0.1:20000}, or {@code rediss://}; never with a password} */
    public String uri() {
        return (tls == null ? "redis://" : "rediss://") + Loopback.ADDRESS.getHostAddress() + ":" + port;
    }

    /** {@return the port, the same after each restart} */
    public int port() {
        return port;
    }

    /** {@return the version, such as {@code 7.0.15}} */
    public String version() {
        return binary.version();
    }

    /** {@return the folder that it works in, where {@code SAVE} leaves {@code dump.rdb}} */
    public Path folder() {
        return folder;
    }

    /** {@return the number of its process; after a kill, of the one that was killed} */
    public synchronized long pid() {
        return running().pid();
    }

    /** {@return whether the process is there, frozen or not} */
    public synchronized boolean isAlive() {
        return running().isAlive();
    }

    /** {@return whether it can answer: the process is there, and nobody has frozen it} */
    synchronized boolean isAwake() {
        return isAlive() && !frozen;
    }

    private synchronized Process running() {
        if (process == null) {
            throw new IllegalStateException("the server was never started");
        }
        return process;
    }

    /**
     * Connects to it, past its password.
     *
     * @return the connection, which the caller closes
     * @throws IOException if it does not answer
     */
    public Resp connect() throws IOException {
        Resp connection = Resp.connect(port, Resp.PATIENCE, tls);
        try {
            if (password.isPresent()) {
                connection.command("AUTH", password.get());
            }
            return connection;
        } catch (IOException | Resp.ErrorReply e) {
            connection.close();
            throw e;
        }
    }

    /**
     * Asks it one thing, by a connection for that alone.
     *
     * @param words a command
     * @return its answer as a text, with the answers within a list one after the other
     * @throws IOException if it does not answer
     * @throws Resp.ErrorReply if it answers with an error
     */
    public String ask(String... words) throws IOException {
        try (Resp connection = connect()) {
            return String.valueOf(connection.command(words));
        }
    }

    /** Kills it (SIGKILL), and waits until it is gone; a dead or frozen server can be killed too. */
    public synchronized void kill() {
        Process victim = running();
        victim.destroyForcibly();
        boolean interrupted = false;
        while (victim.isAlive()) {
            try {
                victim.waitFor();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Kills it unless it is dead, and starts it again on the same port, without what was not saved. Waits for any answer:
     * a server that has much to load says so at first.
     *
     * @throws IOException if it does not start
     */
    public synchronized void restart() throws IOException {
        kill();
        launch();
    }

    /**
     * Stops it as a debugger would (SIGSTOP): connections stay and can be made, and nobody answers.
     *
     * @throws IOException if it cannot be stopped
     */
    public synchronized void freeze() throws IOException {
        frozen = true;
        signal("STOP");
        // The signal is on its way when the call returns; the state says when it has come.
        Path state = Path.of("/proc", Long.toString(pid()), "stat");
        for (int i = 0; Files.exists(state) && !Files.readString(state).contains(") T ") && i < FREEZE_MILLIS; i++) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /**
     * Lets it go on (SIGCONT), with what came in the meantime.
     *
     * @throws IOException if it is not there any more
     */
    public synchronized void thaw() throws IOException {
        signal("CONT");
        frozen = false;
    }

    private void signal(String name) throws IOException {
        Process sender = new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid())
                .redirectErrorStream(true)
                .start();
        String said = new String(sender.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        if (!hasEnded(sender, PATIENCE.toMillis()) || sender.exitValue() != 0) {
            throw new IOException("signal " + name + " was not sent: " + said);
        }
    }

    /** Ends it, and removes its folder with all that it has saved; closing again has no effect. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending, and its hook does the same.
        }
    }

    private synchronized void end() {
        if (process != null) {
            kill();
        }
        remove(folder);
    }

    /** Removes a folder and what is in it, if it is there. */
    static void remove(Path folder) {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new IllegalStateException(folder + " cannot be removed", e);
        }
    }
}
