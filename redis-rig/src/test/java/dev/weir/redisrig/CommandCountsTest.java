// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommandCountsTest {

    private RedisServer server;
    private Resp redis;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        redis = server.connect();
    }

    @AfterEach
    void stop() throws IOException {
        redis.close();
        server.close();
    }

    @Test
    void differenceHoldsWhatRanInBetween() throws IOException {
        redis.command("SET", "a", "1");
        redis.command("GET", "a");
        CommandCounts before = CommandCounts.of(redis);
        for (int i = 0; i < 10; i++) {
            redis.command("GET", "a");
        }
        redis.command("DEL", "a");

        CommandCounts since = CommandCounts.of(redis).minus(before);

        assertThat(since.calls("get")).isEqualTo(10);
        assertThat(since.calls("del")).isEqualTo(1);
        assertThat(since.calls("set")).isZero();
        assertThat(since.commands()).containsOnlyKeys("get", "del", "info");
        assertThat(since.calls()).isEqualTo(12);
    }

    @Test
    void commandsInsideOfScriptsCount() throws IOException {
        CommandCounts before = CommandCounts.of(redis);
        redis.command("EVAL", "redis.call('INCR', KEYS[1]) return redis.call('GET', KEYS[1])", "1", "a");

        CommandCounts since = CommandCounts.of(redis).minus(before);

        assertThat(since.commands()).containsOnlyKeys("eval", "incr", "get", "info");
    }

    @Test
    void timeIsCounted() throws IOException {
        CommandCounts before = CommandCounts.of(redis);
        redis.command("EVAL", "local n = 0 for i = 1, 5000000 do n = n + i % 7 end return n", "0");

        CommandCounts since = CommandCounts.of(redis).minus(before);

        long micros = since.commands().get("eval").micros();
        assertThat(micros).isGreaterThan(1_000);
        assertThat(since.cpuMicros()).isGreaterThan(1_000).isLessThan(micros * 10);
        assertThat(since.cpuUserMicros() + since.cpuSystemMicros()).isEqualTo(since.cpuMicros());
    }

    @Test
    void countingAnewIsNoticed() throws IOException {
        redis.command("GET", "a");
        CommandCounts before = CommandCounts.of(redis);
        redis.command("CONFIG", "RESETSTAT");

        CommandCounts after = CommandCounts.of(redis);

        assertThatThrownBy(() -> after.minus(before)).isInstanceOf(IllegalArgumentException.class);
    }
}
