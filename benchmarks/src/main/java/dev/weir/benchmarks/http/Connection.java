// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.EOFException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * One HTTP/1.1 connection that is kept alive: as cheap as a client can be, because it shares the machine with what it
 * measures. It understands answers with a Content-Length and no others. Not thread-safe.
 */
final class Connection implements AutoCloseable {

    private static final Logger LOG = System.getLogger(Connection.class.getName());
    private static final int STATUS_AT = "HTTP/1.1 ".length();
    private static final byte[] LENGTH = {'c', 'o', 'n', 't', 'e', 'n', 't', '-', 'l', 'e', 'n', 'g', 't', 'h', ':'};

    private final SocketChannel channel;
    private final ByteBuffer answer = ByteBuffer.allocateDirect(16_384);

    private Connection(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * Connects.
     *
     * @param from the last byte of the loopback address to come from, so that there are several callers by address
     */
    static Connection open(int port, int from) throws IOException {
        SocketChannel channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            bind(channel, from);
            channel.connect(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return new Connection(channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private static void bind(SocketChannel channel, int from) throws IOException {
        try {
            channel.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) from}), 0));
        } catch (BindException e) {
            // Some systems have one loopback address only: all come from that one then.
            LOG.log(Level.DEBUG, "127.0.0." + from + " cannot be had", e);
        }
    }

    void send(ByteBuffer request) throws IOException {
        ByteBuffer rest = request.duplicate();
        while (rest.hasRemaining()) {
            channel.write(rest);
        }
    }

    /** Reads one whole answer and {@return its status} */
    int receive() throws IOException {
        answer.clear();
        int bodyAt = -1;
        int searched = 0;
        int end = Integer.MAX_VALUE;
        while (answer.position() < end) {
            if (channel.read(answer) < 0) {
                throw new EOFException("the server has closed the connection");
            }
            if (bodyAt < 0) {
                bodyAt = bodyAt(searched);
                searched = Math.max(0, answer.position() - 3);
                end = bodyAt < 0 ? Integer.MAX_VALUE : bodyAt + contentLength(bodyAt);
            }
        }
        if (answer.position() > end) {
            throw new IOException("the answer is longer than it says");
        }
        return digits(STATUS_AT);
    }

    /** {@return the head of the last answer} */
    String head() {
        int end = bodyAt(0);
        StringBuilder text = new StringBuilder(end);
        for (int i = 0; i < end; i++) {
            text.append((char) answer.get(i));
        }
        return text.toString();
    }

    private int bodyAt(int from) {
        int last = answer.position() - 3;
        for (int i = from; i < last; i++) {
            if (answer.get(i) == '\r' && answer.get(i + 2) == '\r' && answer.get(i + 3) == '\n') {
                return i + 4;
            }
        }
        return -1;
    }

    private int contentLength(int end) throws IOException {
        for (int i = STATUS_AT; i < end - LENGTH.length; i++) {
            if (answer.get(i) == '\n' && startsLength(i + 1)) {
                return digits(i + 1 + LENGTH.length);
            }
        }
        throw new IOException("the answer has no Content-Length: " + head());
    }

    private boolean startsLength(int at) {
        for (int i = 0; i < LENGTH.length; i++) {
            int letter = answer.get(at + i);
            if ((letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter) != LENGTH[i]) {
                return false;
            }
        }
        return true;
    }

    private int digits(int at) {
        int i = at;
        while (answer.get(i) == ' ') {
            i++;
        }
        int number = 0;
        for (int digit = answer.get(i) - '0'; digit >= 0 && digit <= 9; digit = answer.get(++i) - '0') {
            number = number * 10 + digit;
        }
        return number;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
