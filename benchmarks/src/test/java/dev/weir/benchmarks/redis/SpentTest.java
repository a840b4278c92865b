// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server says of known commands. On one of its own, because there is one count for all. */
class SpentTest {

    private static final int TIMES = 20;

    private static RedisServer server;
    private static RedisClient client;
    private static Resp redis;

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
        redis = server.connect();
        client = RedisClient.create();
    }

    @AfterAll
    static void stop() throws IOException {
        client.shutdown();
        redis.close();
        server.close();
    }

    @Test
    void askingItself_isNotCounted() throws Exception {
        Spent nothing = Spent.on(redis, () -> {});
        assertThat(nothing.commands()).isZero();
        assertThat(nothing.bytesIn()).isZero();
        assertThat(nothing.bytesOut()).isZero();
    }

    @Test
    void knownCommands_areCountedToTheByte() throws Exception {
        try (Resp other = server.connect()) {
            Spent spent = Spent.on(redis, () -> {
                for (int i = 0; i < TIMES; i++) {
                    other.command("PING");
                }
            });
            assertThat(spent.commands()).isEqualTo(TIMES);
            assertThat(spent.bytesIn())
                    .isEqualTo((long) TIMES * "*1 $4 PING ".replace(" ", "\r\n").length());
            assertThat(spent.bytesOut())
                    .isEqualTo((long) TIMES * "+PONG ".replace(" ", "\r\n").length());
            assertThat(spent.counts().cpuMicros()).isNotNegative();
        }
    }

    /** One decision after the other, for a key that exists: sent over the network, and inside scripts too. */
    @ParameterizedTest
    @CsvSource({
        "GET, 0, 1, 1", "WEIR_1, 1, 1, 5", "WEIR_2, 1, 1, 7", "WEIR_3, 1, 1, 9",
        "BUCKET4J, 1, 2, 4", "BUCKET4J_3, 3, 6, 12", "BUCKET4J_BATCHING, 1, 2, 4", "GATEWAY, 1, 1, 6"
    })
    void commandsOfADecision_areTheseMany(Kind kind, int scripts, int sent, int all) throws Exception {
        Site site = new Site(client, server.uri(), "spent-" + kind);
        try (Subject subject = kind.open(site, Load.OPEN, Site.names(1))) {
            Proof.introduce(kind, subject, 0);
            Spent spent = Spent.on(redis, () -> {
                for (int i = 0; i < TIMES; i++) {
                    assertThat(subject.take(0)).isTrue();
                }
            });
            assertThat(Kind.scripts(spent.counts())).isEqualTo((long) scripts * TIMES);
            assertThat(kind.sent(spent.counts())).isEqualTo((long) sent * TIMES);
            assertThat(spent.commands()).isEqualTo((long) all * TIMES);
        }
    }
}
