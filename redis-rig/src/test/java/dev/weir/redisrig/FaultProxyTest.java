// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static dev.weir.redisrig.Soon.comesTrue;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultProxyTest {

    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static RedisServer server;

    private Resp redis;
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
        redis = server.connect();
        redis.command("FLUSHALL");
        proxy = FaultProxy.to(server.port());
    }

    @AfterEach
    void stop() throws IOException {
        proxy.close();
        redis.close();
    }

    @Test
    void delay_makesRepliesLate() throws IOException {
        try (Resp client = Resp.connect(proxy.port());
                Resp other = Resp.connect(proxy.port())) {
            proxy.delay(HOUR);
            client.send("SET", "a", "1");

            assertThat(comesTrue(() -> "1".equals(stored("a")))).isTrue();
            assertSilent(client);

            proxy.delay(SHORT);
            long start = System.nanoTime();
            assertThat(other.text("PING")).isEqualTo("PONG");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
        }
    }

    @Test
    void delayRequests_makesRequestsLate() throws IOException {
        try (Resp client = Resp.connect(proxy.port());
                Resp other = Resp.connect(proxy.port())) {
            proxy.delayRequests(HOUR);
            client.send("SET", "a", "1");

            assertSilent(client);
            assertThat(stored("a")).isNull();

            proxy.delayRequests(SHORT);
            long start = System.nanoTime();
            assertThat(other.text("PING")).isEqualTo("PONG");
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT.toNanos());
        }
    }

    @Test
    void delay_doesNotSlowDownWhatFollows() throws IOException {
        int count = 20;
        Duration delay = Duration.ofSeconds(3);
        try (Resp client = Resp.connect(proxy.port(), delay.multipliedBy(3))) {
            proxy.delay(delay);
            long start = System.nanoTime();
            for (int i = 0; i < count; i++) {
                client.send("ECHO", Integer.toString(i));
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            for (int i = 0; i < count; i++) {
                assertThat(client.reply()).isEqualTo(Integer.toString(i));
            }

            assertThat(System.nanoTime() - start).isLessThan(2 * delay.toNanos() - SHORT.toNanos());
        }
    }

    @Test
    void delayThatEnds_keepsTheOrder() throws IOException {
        try (Resp client = Resp.connect(proxy.port())) {
            proxy.delay(HOUR);
            long before = calls("echo");
            client.send("ECHO", "1");
            client.send("ECHO", "2");
            assertThat(comesTrue(() -> calls("echo") == before + 2)).isTrue();

            proxy.pass();
            client.send("ECHO", "3");

            assertThat(List.of(client.reply(), client.reply(), client.reply())).isEqualTo(List.of("1", "2", "3"));
        }
    }

    @Test
    void swallowedReply_belongsToACommandThatWasCarriedOut() throws IOException {
        try (Resp client = Resp.connect(proxy.port())) {
            proxy.swallowReplies();

            client.send("INCR", "a");
            assertSilent(client);

            assertThat(comesTrue(() -> "1".equals(stored("a")))).isTrue();
        }
    }

    @Test
    void swallowedRequest_isNotCarriedOut() throws IOException {
        try (Resp client = Resp.connect(proxy.port())) {
            proxy.swallowRequests();

            client.send("INCR", "a");
            assertSilent(client);

            assertThat(stored("a")).isNull();
        }
    }

    @Test
    void tornConnection_isCutBeforeAnythingElsePasses() throws IOException {
        for (boolean replies : new boolean[] {true, false}) {
            try (Resp torn = Resp.connect(proxy.port());
                    Resp whole = Resp.connect(proxy.port())) {
                whole.command("PING");
                if (replies) {
                    proxy.swallowReplies();
                } else {
                    proxy.swallowRequests();
                }
                torn.send("ECHO", "1");
                assertSilent(torn);

                proxy.pass();

                assertThatThrownBy(torn::reply)
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
                assertThat(whole.text("ECHO", "3")).isEqualTo("3");
            }
        }
    }

    @Test
    void blackhole_acceptsAndHoldsBackUntilItEnds() throws IOException {
        try (Resp before = Resp.connect(proxy.port())) {
            before.command("PING");
            proxy.blackhole();
            long connected = connections();

            before.send("INCR", "a");
            assertSilent(before);
            try (Resp during = Resp.connect(proxy.port())) {
                during.send("INCR", "b");
                assertSilent(during);
                assertThat(stored("a")).isNull();
                assertThat(stored("b")).isNull();
                assertThat(connections()).as("connections to the server").isLessThanOrEqualTo(connected);

                proxy.pass();

                assertThat(before.reply()).isEqualTo(1L);
                assertThat(during.reply()).isEqualTo(1L);
            }
        }
    }

    @Test
    void blackhole_hidesThatTheServerEnds() throws IOException {
        for (boolean reset : new boolean[] {false, true}) {
            try (RedisServer other = RedisServer.start();
                    FaultProxy way = FaultProxy.to(other.port());
                    Resp client = Resp.connect(way.port())) {
                client.command("PING");
                if (reset) {
                    // Who dies with something unread ends its connections with a reset.
                    other.freeze();
                    client.send("PING");
                    assertSilent(client);
                }
                way.blackhole();
                other.kill();

                assertSilent(client);

                way.pass();
                assertThatThrownBy(client::reply)
                        .isInstanceOf(IOException.class)
                        .isNotInstanceOf(SocketTimeoutException.class);
            }
        }
    }

    /** Nothing comes for a while. */
    private static void assertSilent(Resp client) throws IOException {
        client.patience(SHORT);
        assertThatThrownBy(client::reply).isInstanceOf(SocketTimeoutException.class);
        client.patience(PATIENCE);
    }

    private String stored(String key) {
        try {
            return (String) redis.command("GET", key);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private long connections() throws IOException {
        return redis.text("CLIENT", "LIST").lines().count();
    }

    private long calls(String command) {
        try {
            return CommandCounts.of(redis).calls(command);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
