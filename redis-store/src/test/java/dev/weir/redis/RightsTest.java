// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.SharedRateLimitStore;
import io.lettuce.core.RedisURI;
import io.lettuce.core.cluster.RedisClusterClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever set Redis up is told at the start what our user lacks, by real servers that deny it. */
class RightsTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    private static final Duration PATIENCE_OF_LOOKS = Duration.ofSeconds(30);

    private static RedisServer server;
    private static Resp admin;

    private final List<String> warnings = new CopyOnWriteArrayList<>();
    private final Logger log = Logger.getLogger("dev.weir.redis");
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().getName().equals("WARNING")) {
                warnings.add(line.getMessage());
            }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
        admin = server.connect();
    }

    @AfterAll
    static void stop() throws IOException {
        admin.close();
        server.close();
    }

    @BeforeEach
    void listen() {
        log.addHandler(handler);
    }

    @AfterEach
    void stopListening() {
        log.removeHandler(handler);
    }

    /** @param place of the line among those of the manual: that of the script, that of compare-and-swap */
    private static List<String> rightsOfTheManual(int place) throws IOException {
        Path page = Path.of(System.getProperty("weir.root"), "docs", "operations.md");
        String line = Files.readAllLines(page).stream()
                .map(String::strip)
                .filter(text -> text.startsWith("user weir on"))
                .skip(place)
                .findFirst()
                .orElseThrow();
        return Arrays.asList(line.replace(">PASSWORD", ">right").split(" ")).subList(2, line.split(" ").length);
    }

    private static void rights(Resp at, List<String> rights) throws IOException {
        List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", "weir", "reset"));
        command.addAll(rights);
        at.command(command.toArray(String[]::new));
    }

    /** Gives our user what the manual says, but for some. */
    private static void rightsBut(int place, String... without) throws IOException {
        List<String> rights = new ArrayList<>(rightsOfTheManual(place));
        assertThat(rights.removeAll(List.of(without))).isEqualTo(without.length > 0);
        rights(admin, rights);
    }

    private static RedisURI uri(RedisServer of) {
        return RedisURI.builder()
                .withHost("127.0.0.1")
                .withPort(of.port())
                .withAuthentication("weir", "right".toCharArray())
                .build();
    }

    private static RedisStoreBuilder builder(String namespace) {
        return RedisStore.builder(TestRedis.CLIENT, uri(server)).namespace(namespace);
    }

    private static Outcome take(SharedRateLimitStore store) {
        BucketLimit limit =
                new BucketLimit(List.of(new Rate(20, Duration.ofHours(1).toNanos(), 20)), 0);
        Charge charge = Charge.of(new ChargeItem(Action.TAKE, limit, "api", null, Key.EVERYONE, 1));
        store.charge(charge, PATIENCE);
        return charge.outcome();
    }

    /** The first heartbeat may find no connection on a machine that is busy. */
    private void awaitWarning(SharedRateLimitStore store, String... parts) {
        await().atMost(PATIENCE_OF_LOOKS).pollInterval(Duration.ofMillis(10)).untilAsserted(() -> {
            store.heartbeat(PATIENCE);
            assertThat(warnings)
                    .anySatisfy(
                            line -> assertThat(line).contains("the user weir").contains(parts));
        });
    }

    @Test
    void allThatTheManualNames_isTried() throws IOException {
        List<String> beside = List.of("+evalsha", "+eval", "+info", "+ping", "+hello");
        for (boolean swaps : new boolean[] {false, true}) {
            List<String> named = rightsOfTheManual(swaps ? 1 : 0).stream()
                    .filter(rule -> rule.startsWith("+") && !beside.contains(rule))
                    .map(rule -> rule.substring(1))
                    .toList();
            assertThat(Rights.needed(swaps, false)).containsExactlyInAnyOrderElementsOf(named);
        }
    }

    @Test
    void allRights_areNotSpokenOf_andNothingIsLeftBehind() throws IOException {
        admin.command("FLUSHALL");
        rightsBut(0);
        try (RedisStore store = builder("shop").build()) {
            assertThat(take(store)).isEqualTo(Outcome.ADMITTED); // on the same connection, so what was tried is over
            assertThat(warnings).isEmpty();
            assertThat(admin.list("KEYS", "*rights*")).isEmpty();
        }
    }

    @Test
    void scriptsThatMayNotBeRun_areNamed() throws IOException {
        rightsBut(0, "+evalsha", "+eval");
        try (RedisStore store = builder("shop").build()) {
            awaitWarning(store, "run EVALSHA, EVAL,", "ACL SETUSER weir +evalsha +eval,", "docs/operations.md");
            assertThat(take(store)).isEqualTo(Outcome.NOT_SENT);
            assertThat(store.heartbeat(PATIENCE)).isZero();
        }
        assertThat(warnings).as("said once").hasSize(1);
    }

    @Test
    void digestsThatMayNotBeRun_areNamed() throws IOException {
        rightsBut(0, "+evalsha");
        try (RedisStore store = builder("shop").build()) {
            awaitWarning(store, "run EVALSHA,", "ACL SETUSER weir +evalsha,");
            assertThat(take(store)).isEqualTo(Outcome.NOT_SENT);
        }
    }

    /** Of these Redis does not say which, when a script meets the first. Most are met by few charges only. */
    @Test
    void eachCommandThatAScriptMayNotRun_isNamed() throws IOException {
        for (String command : Rights.OF_SCRIPTS) {
            warnings.clear();
            rightsBut(0, '+' + command);
            try (RedisStore store = builder("shop").build()) {
                awaitWarning(
                        store, " run " + command.toUpperCase(Locale.ROOT) + ',', "ACL SETUSER weir +" + command + ',');
            }
            assertThat(warnings).as(command).hasSize(1);
        }
    }

    @Test
    void eachCommandThatCompareAndSwapMayNotRun_isNamed() throws IOException {
        for (String command : Rights.OF_SWAPS) {
            warnings.clear();
            rightsBut(1, '+' + command);
            try (CompareAndSwapStore store =
                    new CompareAndSwapStore(builder("shop"), Script.SERVER_CLOCK, Exchange.Clock.OF_SERVER)) {
                awaitWarning(store, " run " + command.toUpperCase(Locale.ROOT) + ',');
            }
            assertThat(warnings).as(command).hasSize(1);
        }
    }

    @Test
    void keysThatMayNotBeTouched_areNamed() throws IOException {
        rightsBut(0);
        try (RedisStore store = builder("other").build()) {
            awaitWarning(store, "touch keys that begin with other:", "ACL SETUSER weir ~other:*,");
            assertThat(take(store)).isEqualTo(Outcome.NOT_SENT);
            assertThat(store.heartbeat(PATIENCE)).isZero();
        }
        assertThat(warnings).hasSize(1);
    }

    @Test
    void userWithoutAName_isTheDefaultOne() throws IOException {
        admin.command("ACL", "SETUSER", "default", "-setrange");
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            await().untilAsserted(() -> {
                store.heartbeat(PATIENCE);
                assertThat(warnings)
                        .singleElement()
                        .asString()
                        .contains("the user default run SETRANGE,", "ACL SETUSER default +setrange,");
            });
        } finally {
            admin.command("ACL", "SETUSER", "default", "+setrange");
        }
    }

    /** One after the other, and without a new connection. */
    @Test
    void rightsThatComeLater_areFound() throws IOException {
        rightsBut(0, "+evalsha", "+eval", "+setrange");
        try (RedisStore store = builder("shop").build()) {
            awaitWarning(store, "run EVALSHA, EVAL,");
            admin.command("ACL", "SETUSER", "weir", "+evalsha", "+eval");
            await().until(() -> store.heartbeat(PATIENCE) == 1);
            awaitWarning(store, " run SETRANGE,");
            admin.command("ACL", "SETUSER", "weir", "+setrange");
            await().untilAsserted(() -> {
                assertThat(store.heartbeat(PATIENCE)).isEqualTo(1);
                assertThat(take(store)).isEqualTo(Outcome.ADMITTED);
            });
        }
        assertThat(warnings).hasSize(2);
    }

    @Test
    void whatAClusterAsks_isNamed() throws IOException {
        try (RedisCluster cluster = RedisCluster.start(1)) {
            List<String> rights = new ArrayList<>(rightsOfTheManual(0));
            rights.add("+cluster|info");
            for (RedisServer node : cluster.servers()) {
                try (Resp at = node.connect()) {
                    rights(at, rights);
                }
            }
            RedisURI seed = uri(cluster.servers().get(0));
            RedisClusterClient client = RedisClusterClient.create(seed);
            try (RedisStore store =
                    RedisStore.builder(client, List.of(seed)).namespace("shop").build()) {
                awaitWarning(store, "run CLUSTER|SLOTS, ASKING,", "+cluster|slots +asking");
                assertThat(store.heartbeat(PATIENCE)).isZero();
            } finally {
                client.shutdown(0, 1, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void evictionOfLimits_isSaidOfARealServer() throws IOException {
        try (RedisServer evicting = RedisServer.builder()
                        .option("maxmemory-policy", "allkeys-lru")
                        .start();
                RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(evicting.uri()))
                        .build()) {
            assertThat(take(store)).isEqualTo(Outcome.ADMITTED);
            await().untilAsserted(() -> assertThat(warnings)
                    .singleElement()
                    .asString()
                    .contains("maxmemory-policy allkeys-lru", "set maxmemory-policy noeviction"));
        }
    }
}
