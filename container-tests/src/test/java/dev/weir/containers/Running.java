// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A container that runs. Closing it ends its process. */
final class Running implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(3);
    private static final Duration ANSWER = Duration.ofSeconds(60);
    private static final String BODY = "a=b&".repeat(1_000);
    private static final int SECONDS_TO_END = 30;
    private static final Pattern ALARM = Pattern.compile("(?m)^.*(?:\\bWARN(?:ING)?\\b|\\bSEVERE\\b|\\bERROR\\b).*$");

    private final HttpClient http1 = client(HttpClient.Version.HTTP_1_1);
    private final HttpClient http2 = client(HttpClient.Version.HTTP_2);
    private final Process process;
    private final Thread atExit;
    private final Path log;
    private final Path logs;
    private int port;

    private Running(Process process, Path log) {
        this.process = process;
        this.log = log;
        this.logs = log.resolveSibling("logs");
        this.atExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    private static HttpClient client(HttpClient.Version version) {
        return HttpClient.newBuilder().version(version).build();
    }

    /**
     * Starts a process and waits until it takes requests.
     *
     * @param log where its output goes
     * @param started what it has written there by then
     * @param port the same, with the port as its group
     */
    static Running start(ProcessBuilder builder, Path log, Pattern started, Pattern port) throws IOException {
        Running running = new Running(builder.start(), log);
        try {
            await().atMost(START).pollInterval(Duration.ofMillis(100)).until(() -> {
                assertThat(running.process.isAlive()).as(running::log).isTrue();
                return started.matcher(running.log()).find();
            });
            Matcher taken = port.matcher(running.log());
            assertThat(taken.find()).as(running::log).isTrue();
            running.port = Integer.parseInt(taken.group(1));
            return running;
        } catch (Throwable e) {
            running.close();
            throw e;
        }
    }

    int port() {
        return port;
    }

    /** What it has written to its console, and Tomcat to its log of the host. */
    String log() {
        StringBuilder all = new StringBuilder();
        try {
            all.append(read(log));
            if (Files.isDirectory(logs)) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(logs, "localhost.*.log")) {
                    for (Path file : files) {
                        all.append(read(file));
                    }
                }
            }
            return all.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    /** The lines in which the container or anything in it warns. */
    List<String> alarms() {
        return ALARM.matcher(log()).results().map(result -> result.group()).toList();
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(http1, "GET", path, headers);
    }

    /** Over HTTP/2 without TLS; a POST has a body. */
    HttpResponse<String> sendByHttp2(String method, String path) {
        return send(http2, method, path);
    }

    private HttpResponse<String> send(HttpClient client, String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                .method(method, method.equals("POST") ? BodyPublishers.ofString(BODY) : BodyPublishers.noBody())
                .timeout(ANSWER);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(path + "\n" + log(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** How many objects of a class there are, those that nobody can reach left out. */
    long count(String className) throws IOException, InterruptedException {
        String histogram = ask("GC.class_histogram");
        Matcher line = Pattern.compile("(?m)^ *[0-9]+: +([0-9]+) +[0-9]+ +" + Pattern.quote(className) + "(?: .*)?$")
                .matcher(histogram);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    String threads() throws IOException, InterruptedException {
        return ask("Thread.print");
    }

    private String ask(String command) throws IOException, InterruptedException {
        Path answer = Files.createTempFile("jcmd", ".txt");
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/jcmd").toString(),
                            Long.toString(process.pid()),
                            command)
                    .redirectErrorStream(true)
                    .redirectOutput(answer.toFile())
                    .start();
            assertThat(jcmd.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(jcmd.exitValue()).as(() -> command).isZero();
            return read(answer);
        } finally {
            Files.delete(answer);
        }
    }

    /** Asks it to end, and insists after a while. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(atExit);
        } catch (IllegalStateException e) {
            assertThat(process.isAlive()).isFalse(); // the JVM is ending already
        }
    }
}
