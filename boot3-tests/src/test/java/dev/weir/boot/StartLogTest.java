// SPDX-License-Identifier: Apache-2.0
package dev.weir.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.redisrig.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an application with Weir writes while it starts, answers and stops has nothing in it that alarms. */
class StartLogTest {

    private static final Pattern ALARM = Pattern.compile("\\b(?:WARN|ERROR|FATAL|SEVERE)\\b|Exception");

    @TempDir
    Path folder;

    private List<String> log(String... more) throws Exception {
        Path log = folder.resolve("shop.log");
        List<String> properties = new ArrayList<>(List.of(
                "logging.file.name: " + log,
                "logging.level.root: info",
                "logging.threshold.console: off",
                "weir.rules[0].name: api",
                "weir.rules[0].per: user",
                "weir.rules[0].rate: 2/hour",
                "weir.rules[0].concurrent: 2",
                "weir.rules[1].name: guesses",
                "weir.rules[1].per: ip",
                "weir.rules[1].rate: 100/hour",
                "weir.rules[1].count[0]: 401"));
        properties.addAll(List.of(more));
        try (Shop shop = Shop.start(properties.toArray(String[]::new))) {
            String carol = Shop.basic("carol", "right");
            for (int expected : new int[] {200, 200, 429}) {
                assertThat(shop.send("GET", "/", carol).statusCode()).isEqualTo(expected);
            }
            assertThat(shop.send("GET", "/").statusCode()).isEqualTo(401);
        }
        return Files.readAllLines(log);
    }

    private static void assertNothingAlarms(List<String> log) {
        assertThat(log).as("what is logged at all").anyMatch(line -> line.contains("Tomcat started on port"));
        assertThat(log).noneMatch(line -> ALARM.matcher(line).find());
    }

    @Test
    void startInMemory_warnsOfNothing() throws Exception {
        assertNothingAlarms(log());
    }

    @Test
    void startWithRedis_warnsOfNothing() throws Exception {
        try (RedisServer redis = RedisServer.start()) {
            assertNothingAlarms(log("weir.store.type: redis", "weir.store.redis.uri: " + redis.uri()));
        }
    }

    /** The file does get what is warned of. */
    @Test
    void whatIsWrong_isWarnedOf() throws Exception {
        assertThat(log("weir.store.type: redis", "weir.store.redis.uri: redis://127.0.0.1:1"))
                .anyMatch(line -> ALARM.matcher(line).find());
    }
}
