// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/** Calls a container: through the JDK's client, or byte by byte where that would tidy up what is sent. */
final class Http {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private Http() {}

    /** Sends a GET; headers are written {@code "Name: value"}. */
    static Answer get(Container container, String path, String... headers) {
        return send(container, "GET", path, "", headers);
    }

    static Answer send(Container container, String method, String path, String body, String... headers) {
        return sendAsync(container, method, path, body, headers).join();
    }

    static CompletableFuture<Answer> getAsync(Container container, String path, String... headers) {
        return sendAsync(container, "GET", path, "", headers);
    }

    private static CompletableFuture<Answer> sendAsync(
            Container container, String method, String path, String body, String... headers) {
        URI uri = container.uri(path);
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(PATIENCE)
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        for (String header : headers) {
            int colon = header.indexOf(':');
            request.header(
                    header.substring(0, colon), header.substring(colon + 1).strip());
        }
        return CLIENT.sendAsync(request.build(), BodyHandlers.ofString()).thenApply(Http::answer);
    }

    private static Answer answer(HttpResponse<String> response) {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.putAll(response.headers().map());
        return new Answer(response.statusCode(), headers, response.body());
    }

    /** Sends a GET whose request line is exactly this. */
    static Answer raw(Container container, String target, String... headers) throws IOException {
        return rawOf(container, "GET", target, headers);
    }

    /** Sends a request whose request line is exactly this; the status is 0 if the answer has none. */
    static Answer rawOf(Container container, String method, String target, String... headers) throws IOException {
        try (Socket socket = open(container)) {
            write(socket, method, target, "Connection: close", headers);
            return parse(socket.getInputStream().readAllBytes());
        }
    }

    /**
     * Sends a GET, reads the beginning of the answer, and hangs up.
     *
     * @return the status, or 0 if the answer has none
     */
    static int abort(Container container, String target, String... headers) throws IOException {
        try (Socket socket = open(container)) {
            socket.setSoLinger(true, 0);
            write(socket, "GET", target, "Connection: close", headers);
            String status = new String(socket.getInputStream().readNBytes(20), StandardCharsets.ISO_8859_1);
            return status.matches("(?s)HTTP/1\\.1 [0-9]{3}.*") ? Integer.parseInt(status.substring(9, 12)) : 0;
        }
    }

    /** Sends a GET, and does not wait for an answer. */
    static void sendOnly(Container container, String target, String... headers) throws IOException {
        try (Socket socket = open(container)) {
            write(socket, "GET", target, "Connection: close", headers);
        }
    }

    private static Socket open(Container container) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), container.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static void write(Socket socket, String method, String target, String first, String... headers)
            throws IOException {
        boolean toHost = List.of(headers).stream().anyMatch(header -> header.startsWith("Host:"));
        String host = toHost ? "" : "Host: 127.0.0.1\r\n";
        String head = method + " " + target + " HTTP/1.1\r\n" + host + first + "\r\n"
                + String.join("", List.of(headers).stream().map(h -> h + "\r\n").toList()) + "\r\n";
        socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    private static Answer parse(byte[] bytes) throws IOException {
        InputStream in = new ByteArrayInputStream(bytes);
        String status = line(in);
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        if (!status.startsWith("HTTP/1.")) {
            return new Answer(0, headers, new String(bytes, StandardCharsets.UTF_8));
        }
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.computeIfAbsent(line.substring(0, colon), name -> new ArrayList<>())
                    .add(line.substring(colon + 1).strip());
        }
        boolean chunked = headers.getOrDefault("Transfer-Encoding", List.of()).stream()
                .anyMatch(coding -> coding.toLowerCase(Locale.ROOT).equals("chunked"));
        byte[] body = chunked ? chunks(in) : in.readAllBytes();
        return new Answer(Integer.parseInt(status.substring(9, 12)), headers, new String(body, StandardCharsets.UTF_8));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = chunk(in); size > 0; size = chunk(in)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        return body.toByteArray();
    }

    private static int chunk(InputStream in) throws IOException {
        String size = line(in);
        return size.isEmpty() ? 0 : Integer.parseInt(size, 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString().strip();
    }
}
