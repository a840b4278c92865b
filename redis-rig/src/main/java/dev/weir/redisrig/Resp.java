// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a Redis server on loopback, to look at it from outside: it sends a command, waits, and answers the reply.
 * It knows nothing of what it sends, never connects again, and shares no code with any client of a store.
 *
 * <p>A byte is a character here (ISO 8859-1), so that keys and values which are no text come back whole. Replies are
 * texts, {@link Long}s, {@code null} where there is none, and lists of these; it speaks RESP 2.
 *
 * <p>Not thread-safe.
 */
public final class Resp implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Socket socket;
    private final InputStream in;

    /** What Redis answers a command that it does not carry out; the message is its own, such as {@code NOAUTH ...}. */
    public static final class ErrorReply extends RuntimeException {

        private static final long serialVersionUID = 1;

        ErrorReply(String message) {
            super(message);
        }
    }

    private Resp(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Connects, and gives each reply five seconds.
     *
     * @param port the port on 127.0.0.1
     * @return the connection, which the caller closes
     * @throws IOException if there is no server
     */
    public static Resp connect(int port) throws IOException {
        return connect(port, PATIENCE);
    }

    /**
     * Connects.
     *
     * @param port the port on 127.0.0.1
     * @param patience how long to wait for the connection, and for each reply; at least 1 ms
     * @return the connection, which the caller closes
     * @throws IOException if there is no server
     */
    public static Resp connect(int port, Duration patience) throws IOException {
        return connect(port, patience, null);
    }

    /** The same, encrypted if there is a context. */
    static Resp connect(int port, Duration patience, @Nullable SSLContext tls) throws IOException {
        int millis = millis(patience);
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(millis);
            socket.connect(Loopback.endpoint(port), millis);
            return new Resp(tls == null ? socket : encrypted(socket, tls));
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Socket encrypted(Socket socket, SSLContext tls) throws IOException {
        SSLSocket secure = (SSLSocket)
                tls.getSocketFactory().createSocket(socket, Loopback.ADDRESS.getHostAddress(), socket.getPort(), true);
        secure.startHandshake();
        return secure;
    }

    /**
     * Changes how long replies are waited for.
     *
     * @param patience how long to wait for each reply from now on, at least 1 ms
     * @throws IOException if the connection has been closed
     */
    public void patience(Duration patience) throws IOException {
        socket.setSoTimeout(millis(patience));
    }

    private static int millis(Duration patience) {
        return Math.toIntExact(Math.max(1, patience.toMillis()));
    }

    /**
     * Sends a command, and waits for its reply.
     *
     * @param words the command and its arguments, characters up to 255
     * @return the reply; errors within a list are values of type {@link ErrorReply}
     * @throws ErrorReply if Redis answers an error
     * @throws java.net.SocketTimeoutException if the patience ends; the reply is then the first thing that
     *     {@link #reply()} reads
     * @throws IOException if the connection ends
     */
    public @Nullable Object command(String... words) throws IOException {
        send(words);
        return reply();
    }

    /**
     * Sends a command, and does not wait.
     *
     * @param words the command and its arguments, characters up to 255
     * @throws IOException if the connection has ended
     */
    public void send(String... words) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(latin("*" + words.length + "\r\n"));
        for (String word : words) {
            if (word.chars().anyMatch(c -> c > 255)) {
                throw new IllegalArgumentException("words must have one byte for each character but one was " + word);
            }
            bytes.writeBytes(latin("$" + word.length() + "\r\n" + word + "\r\n"));
        }
        socket.getOutputStream().write(bytes.toByteArray());
    }

    /**
     * Waits for the next reply.
     *
     * @return the reply
     * @throws ErrorReply if it is an error
     * @throws IOException if there is none in time, or the connection ends
     */
    public @Nullable Object reply() throws IOException {
        Object reply = read();
        if (reply instanceof ErrorReply error) {
            throw error;
        }
        return reply;
    }

    /**
     * Sends a command whose reply is a text.
     *
     * @param words the command and its arguments
     * @return the reply, numbers as text
     * @throws IOException if the connection ends
     * @throws IllegalStateException if the reply is none or a list
     */
    public String text(String... words) throws IOException {
        Object reply = command(words);
        if (reply == null || reply instanceof List) {
            throw new IllegalStateException(Arrays.toString(words) + " was answered " + reply);
        }
        return reply.toString();
    }

    /**
     * Sends a command whose reply is a number.
     *
     * @param words the command and its arguments
     * @return the reply
     * @throws IOException if the connection ends
     * @throws NumberFormatException if the reply is something else
     */
    public long number(String... words) throws IOException {
        return Long.parseLong(text(words));
    }

    /**
     * Sends a command whose reply is a list.
     *
     * @param words the command and its arguments
     * @return the reply
     * @throws IOException if the connection ends
     * @throws IllegalStateException if the reply is something else
     */
    public List<?> list(String... words) throws IOException {
        if (command(words) instanceof List<?> list) {
            return list;
        }
        throw new IllegalStateException(Arrays.toString(words) + " was not answered by a list");
    }

    private @Nullable Object read() throws IOException {
        String line = line();
        String rest = line.substring(1);
        return switch (line.charAt(0)) {
            case '+' -> rest;
            case '-' -> new ErrorReply(rest);
            case ':' -> Long.valueOf(rest);
            case '$' -> rest.equals("-1") ? null : bulk(Integer.parseInt(rest));
            case '*' -> rest.equals("-1") ? null : array(Integer.parseInt(rest));
            default -> throw new IOException("this is no reply: " + line);
        };
    }

    private String bulk(int length) throws IOException {
        byte[] bytes = in.readNBytes(length + 2);
        if (bytes.length < length + 2) {
            throw new EOFException("the connection ended within a reply");
        }
        return new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    }

    private List<@Nullable Object> array(int length) throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            items.add(read());
        }
        return Collections.unmodifiableList(items);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("the connection has ended");
            }
            line.append((char) c);
        }
        if (line.length() < 2) {
            throw new IOException("an empty line is no reply");
        }
        line.setLength(line.length() - 1);
        return line.toString();
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Closes the connection; closing again has no effect. */
    @Override
    public void close() throws IOException {
        socket.close();
    }
}
