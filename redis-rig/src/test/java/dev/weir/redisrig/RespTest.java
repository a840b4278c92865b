// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RespTest {

    private static RedisServer server;

    private Resp redis;

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws IOException {
        redis = server.connect();
        redis.command("FLUSHALL");
    }

    @AfterEach
    void disconnect() throws IOException {
        redis.close();
    }

    @Test
    void everyKindOfReplyIsRead() throws IOException {
        assertThat(redis.command("SET", "a", "1")).isEqualTo("OK");
        assertThat(redis.command("INCR", "a")).isEqualTo(2L);
        assertThat(redis.command("GET", "a")).isEqualTo("2");
        assertThat(redis.command("GET", "none")).isNull();
        assertThat(redis.command("MGET", "a", "none")).isEqualTo(Arrays.asList("2", null));
        assertThat(redis.command("BLPOP", "none", "0.01")).isNull();
        assertThat(redis.command("EVAL", "return {1, {'x', {}}, ''}", "0"))
                .isEqualTo(List.of(1L, List.of("x", List.of()), ""));
    }

    @Test
    void typedReplies_areWhatTheySay() throws IOException {
        assertThat(redis.text("ECHO", "hello")).isEqualTo("hello");
        assertThat(redis.number("PTTL", "none")).isEqualTo(-2);
        assertThat(redis.list("KEYS", "*").isEmpty()).isTrue();
        assertThatThrownBy(() -> redis.text("GET", "none")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> redis.list("GET", "none")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> redis.number("ECHO", "x")).isInstanceOf(NumberFormatException.class);
    }

    @Test
    void errorIsThrown_andTheConnectionGoesOn() throws IOException {
        redis.command("LPUSH", "list", "x");

        assertThatThrownBy(() -> redis.command("GET", "list"))
                .isInstanceOf(Resp.ErrorReply.class)
                .hasMessageStartingWith("WRONGTYPE ");
        assertThat(redis.text("PING")).isEqualTo("PONG");
    }

    @Test
    void errorWithinAListIsAValue() throws IOException {
        redis.command("LPUSH", "list", "x");
        redis.command("MULTI");
        redis.command("GET", "list");
        redis.command("LLEN", "list");

        List<?> replies = redis.list("EXEC");

        assertThat(replies.get(0)).isInstanceOf(Resp.ErrorReply.class);
        assertThat(replies.get(1)).isEqualTo(1L);
    }

    @Test
    void everyByteComesBackAsItWas() throws IOException {
        String bytes = IntStream.range(0, 256).mapToObj(Character::toString).collect(Collectors.joining());

        redis.command("SET", bytes, bytes + bytes);

        assertThat(redis.text("GET", bytes)).isEqualTo(bytes + bytes);
        assertThat(redis.number("STRLEN", bytes)).isEqualTo(512);
        assertThatThrownBy(() -> redis.command("SET", "a", "\u20ac")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void commandsMayBeSentBeforeTheirRepliesAreRead() throws IOException {
        redis.send("ECHO", "1");
        redis.send("ECHO", "2");

        assertThat(redis.reply()).isEqualTo("1");
        assertThat(redis.reply()).isEqualTo("2");
    }

    @Test
    void patienceEnds() throws IOException {
        try (ServerSocket silent = Loopback.listen();
                Resp waiting = Resp.connect(silent.getLocalPort(), Duration.ofMillis(50))) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> waiting.command("PING")).isInstanceOf(SocketTimeoutException.class);
            assertThat(System.nanoTime() - start)
                    .isLessThan(Duration.ofSeconds(4).toNanos());
            waiting.patience(Duration.ofMillis(10));
            assertThatThrownBy(waiting::reply).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void nobodyThere_isRefused() throws IOException {
        int port = Loopback.freePort();

        assertThatThrownBy(() -> Resp.connect(port)).isInstanceOf(ConnectException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\r\n", "?1\r\n", "+OK", "$5\r\nab", "*2\r\n:1\r\n"})
    void nonsenseAndHalfRepliesFail(String text) throws IOException {
        try (ServerSocket odd = Loopback.listen();
                Resp client = Resp.connect(odd.getLocalPort());
                Socket answering = odd.accept()) {
            OutputStream out = answering.getOutputStream();
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            answering.shutdownOutput();

            assertThatThrownBy(client::reply).isInstanceOf(IOException.class);
        }
    }
}
