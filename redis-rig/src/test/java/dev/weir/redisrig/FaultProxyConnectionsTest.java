// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static dev.weir.redisrig.Soon.comesTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How connections through the proxy come and go. */
class FaultProxyConnectionsTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private static RedisServer server;

    private FaultProxy proxy;

    @BeforeAll
    static void startServer() throws IOException {
        server = RedisServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @BeforeEach
    void start() throws IOException {
        proxy = FaultProxy.to(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
    }

    @Test
    void everythingPasses_andConnectionsAreCounted() throws IOException {
        String text = "x".repeat(1_000_000);
        try (Resp one = Resp.connect(proxy.port());
                Resp two = Resp.connect(proxy.port())) {
            one.command("SET", "a", text);
            assertThat(two.text("GET", "a")).isEqualTo(text);
            assertThat(proxy.accepted()).isEqualTo(2);
            assertThat(proxy.open()).isEqualTo(2);
        }
        assertThat(comesTrue(() -> proxy.open() == 0)).isTrue();
        assertThat(proxy.accepted()).isEqualTo(2);
        assertThat(proxy.uri()).isEqualTo("redis://127.0.0.1:" + proxy.port());
    }

    @Test
    void refuse_keepsOldConnectionsAndLetsNoneIn() throws IOException {
        try (Resp old = Resp.connect(proxy.port())) {
            old.command("PING");
            proxy.refuse();
            proxy.refuse();

            assertThatThrownBy(() -> Resp.connect(proxy.port())).isInstanceOf(ConnectException.class);
            assertThat(old.text("PING")).isEqualTo("PONG");

            proxy.pass();

            try (Resp young = Resp.connect(proxy.port())) {
                assertThat(young.text("PING")).isEqualTo("PONG");
            }
            assertThat(old.text("PING")).isEqualTo("PONG");
            assertThat(proxy.accepted()).isEqualTo(2);
        }
    }

    @Test
    void cut_resetsAllConnections() throws IOException {
        try (Resp one = Resp.connect(proxy.port());
                Resp two = Resp.connect(proxy.port())) {
            one.command("PING");
            two.command("PING");

            proxy.cut();

            for (Resp client : List.of(one, two)) {
                assertThatThrownBy(client::reply)
                        .isInstanceOf(SocketException.class)
                        .hasMessageContaining("reset");
            }
            assertThat(proxy.open()).isZero();
        }
        try (Resp again = Resp.connect(proxy.port())) {
            assertThat(again.text("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void serverThatEnds_endsItsConnections() throws IOException {
        try (RedisServer other = RedisServer.start();
                FaultProxy way = FaultProxy.to(other.port());
                Resp client = Resp.connect(way.port())) {
            client.command("PING");
            other.kill();

            assertThatThrownBy(client::reply)
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);
            assertThatThrownBy(() -> {
                        try (Resp next = Resp.connect(way.port())) {
                            next.reply();
                        }
                    })
                    .isInstanceOf(IOException.class)
                    .isNotInstanceOf(SocketTimeoutException.class);

            other.restart();
            try (Resp next = Resp.connect(way.port())) {
                assertThat(next.text("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    void tooManyConnections_areReset() throws IOException {
        try (FaultProxy narrow = FaultProxy.to(server.port(), 2);
                Resp one = Resp.connect(narrow.port())) {
            try (Resp two = Resp.connect(narrow.port());
                    Resp three = Resp.connect(narrow.port())) {
                assertThat(two.text("PING")).isEqualTo("PONG");
                assertThatThrownBy(() -> three.command("PING")).isInstanceOf(SocketException.class);
                assertThat(one.text("PING")).isEqualTo("PONG");
                assertThat(narrow.accepted()).isEqualTo(3);
            }
            assertThat(comesTrue(() -> narrow.open() == 1)).isTrue();
            try (Resp next = Resp.connect(narrow.port())) {
                assertThat(next.text("PING")).isEqualTo("PONG");
            }
        }
    }

    @Test
    void close_endsAllThreadsInWhateverState() throws IOException {
        proxy.close();
        for (int fault = 0; fault < 5; fault++) {
            FaultProxy closing = FaultProxy.to(server.port());
            try (Resp client = Resp.connect(closing.port())) {
                client.command("PING");
                switch (fault) {
                    case 0 -> closing.blackhole();
                    case 1 -> closing.delay(HOUR);
                    case 2 -> closing.delayRequests(HOUR);
                    case 3 -> closing.refuse();
                    default -> closing.pass();
                }
                client.send("PING");

                closing.close();
                closing.close();

                assertThatThrownBy(() -> Resp.connect(closing.port())).isInstanceOf(ConnectException.class);
                assertThatThrownBy(closing::blackhole).isInstanceOf(IllegalStateException.class);
                assertThat(comesTrue(() -> Thread.getAllStackTraces().keySet().stream()
                                .noneMatch(thread -> thread.getName().startsWith("weir-proxy"))))
                        .as("threads after %s", fault)
                        .isTrue();
            }
        }
    }
}
