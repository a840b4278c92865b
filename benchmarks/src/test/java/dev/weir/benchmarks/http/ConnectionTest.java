// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConnectionTest {

    private static final ByteBuffer REQUEST =
            ByteBuffer.wrap("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

    @Test
    void answerInOnePiece_givesItsStatus() throws IOException {
        assertThat(status("HTTP/1.1 200 \r\nX: y\r\nContent-Length: 3\r\n\r\nabc"))
                .isEqualTo(200);
        assertThat(status("HTTP/1.1 429 Too Many\r\ncontent-length:3\r\n\r\nabc"))
                .isEqualTo(429);
        assertThat(status("HTTP/1.1 204 \r\nCONTENT-LENGTH:   0\r\n\r\n")).isEqualTo(204);
    }

    @Test
    void answerInPieces_isReadToItsEnd() throws IOException {
        String text = "HTTP/1.1 200 \r\nA: Content-Length: 9\r\nContent-Length: 12\r\n\r\nabc\r\n\r\ndef12";
        for (int cut = 1; cut < text.length(); cut++) {
            try (FakeServer server = new FakeServer(text.substring(0, cut), text.substring(cut))) {
                assertThat(twice(server)).as("cut at %s", cut).isEqualTo(200);
            }
        }
    }

    @Test
    void secondAnswer_isNotMixedWithTheFirst() throws IOException {
        try (FakeServer server = new FakeServer("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na")) {
            assertThat(twice(server)).isEqualTo(200);
        }
    }

    @Test
    void head_isAllBeforeTheBody() throws IOException {
        try (FakeServer server = new FakeServer("HTTP/1.1 200 \r\nContent-Length: 4\r\n\r\nbody");
                Connection connection = Connection.open(server.port(), 1)) {
            connection.send(REQUEST);
            connection.receive();
            assertThat(connection.head()).isEqualTo("HTTP/1.1 200 \r\nContent-Length: 4\r\n\r\n");
        }
    }

    @Test
    void answerWithoutLength_isRefused() {
        assertThatThrownBy(() -> status("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no Content-Length");
    }

    @Test
    void answerLongerThanItSays_isRefused() {
        assertThatThrownBy(() -> status("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\nab"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("longer");
    }

    @Test
    void answerThatEndsEarly_isRefused() throws IOException {
        try (FakeServer server = new FakeServer("HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\nab", "");
                Connection connection = Connection.open(server.port(), 1)) {
            connection.send(REQUEST);
            assertThatThrownBy(connection::receive).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void load_failsOnAnyOtherStatus() throws IOException {
        try (FakeServer server = new FakeServer("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n", "")) {
            assertThatThrownBy(() -> new Load().send(server.port(), 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the load failed");
        }
    }

    private static int status(String answer) throws IOException {
        try (FakeServer server = new FakeServer(answer);
                Connection connection = Connection.open(server.port(), 1)) {
            connection.send(REQUEST);
            return connection.receive();
        }
    }

    private static int twice(FakeServer server) throws IOException {
        try (Connection connection = Connection.open(server.port(), 1)) {
            connection.send(REQUEST);
            connection.receive();
            connection.send(REQUEST);
            return connection.receive();
        }
    }
}
