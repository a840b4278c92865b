// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What can become of Redis and the way to it, one at a time. One instance of one, so its share is the whole limit: beyond the
 * limit itself, an outage may admit the capacity once more, and no tests takes an hour, in which there would be more.
 */
class FaultTest {

    private static final int CAPACITY = Outage.CAPACITY;
    private static final int BEFORE = 5;
    private static final int IN_FLIGHT = Lane.MOST_IN_FLIGHT;

    /** Breaks something or mends it. */
    private interface Act {
        void run(Outage outage) throws IOException;
    }

    /** Within the formula before, during and after; degraded while it is broken and shared again when it is not. */
    private static void survives(Outage outage, Act broken, Act mended) throws IOException {
        try (outage) {
            outage.awaitShared();
            assertThat(outage.ask("fred", BEFORE)).isEqualTo(BEFORE);
            broken.run(outage);
            int during = outage.ask("fred", 2 * CAPACITY);
            assertThat(during).as("goes on, and is limited").isBetween(1, 2 * CAPACITY - BEFORE);
            outage.awaitDegraded();
            mended.run(outage);
            outage.awaitShared();
            int after = outage.ask("fred", 2 * CAPACITY);
            assertThat(BEFORE + during + after)
                    .as("the limit, and one share of it")
                    .isLessThanOrEqualTo(2 * CAPACITY);
        }
    }

    private static Act command(String... words) {
        return outage -> {
            try (Resp admin = outage.admin()) {
                admin.command(words);
            }
        };
    }

    @Test
    void killedAndRestartedWithItsDataLost_startsAnew() throws IOException {
        try (Outage outage = Outage.begin()) {
            outage.awaitShared();
            assertThat(outage.ask("fred", 2 * CAPACITY)).isEqualTo(CAPACITY);
            outage.server.kill();
            outage.awaitDegraded();
            assertThat(outage.ask("fred", 2 * CAPACITY)).isLessThanOrEqualTo(CAPACITY);
            outage.server.restart();
            outage.awaitShared();
            assertThat(outage.ask("fred", 2 * CAPACITY))
                    .as("one capacity for each loss")
                    .isLessThanOrEqualTo(CAPACITY);
        }
    }

    @Test
    void frozen() throws IOException {
        survives(Outage.begin(), outage -> outage.server.freeze(), outage -> outage.server.thaw());
    }

    @Test
    void unreachable() throws IOException {
        survives(
                Outage.begin(),
                outage -> {
                    outage.proxy.refuse();
                    outage.proxy.cut();
                },
                outage -> outage.proxy.pass());
    }

    @Test
    void blackholed() throws IOException {
        survives(Outage.begin(), outage -> outage.proxy.blackhole(), outage -> outage.proxy.pass());
    }

    /**
     * Whatever Redis has executed without our knowing it cost the caller, and went there once. Several times, because a client that sends
     * again may be overtaken by the heartbeat, which makes another connection.
     */
    @Test
    void repliesSwallowed_areNotAskedForAgain() throws Exception {
        try (Outage outage = Outage.begin()) {
            for (int round = 0; round < 5; round++) {
                String user = "fred" + round;
                outage.awaitShared();
                assertThat(outage.ask(user, BEFORE)).isEqualTo(BEFORE);
                loseReplies(outage, user);
                outage.awaitShared();
                assertThat(outage.ask(user, 2 * CAPACITY))
                        .as("all but what was lost, once")
                        .isEqualTo(CAPACITY - BEFORE - IN_FLIGHT);
            }
        }
    }

    /** Redis itself counts: a bucket that is there is changed by one SETRANGE for each charge that comes alone, so they go one by one. */
    private static void loseReplies(Outage outage, String user) throws Exception {
        long before = changes(outage);
        outage.proxy.swallowReplies();
        List<Thread> asking = Stream.generate(() -> new Thread(() -> outage.ask(user), "asking"))
                .limit(IN_FLIGHT)
                .toList();
        for (int i = 0; i < IN_FLIGHT; i++) {
            asking.get(i).start();
            long expected = before + i + 1;
            await().pollInterval(Duration.ofMillis(5)).until(() -> changes(outage) == expected);
        }
        outage.proxy.pass(); // before a client that sends again would have given them up
        outage.proxy.cut();
        for (Thread thread : asking) {
            thread.join();
        }
    }

    private static long changes(Outage outage) throws IOException {
        try (Resp admin = outage.admin()) {
            return CommandCounts.of(admin).calls("setrange");
        }
    }

    @Test
    void readOnly() throws IOException {
        survives(Outage.begin(), command("REPLICAOF", "127.0.0.1", "1"), command("REPLICAOF", "NO", "ONE"));
    }

    /** The name may lead to another server by now, and only who connects anew finds that out. */
    @Test
    void readOnly_isLeftForWhereTheNameLeadsNow() throws IOException {
        try (Outage outage = Outage.begin()) {
            outage.awaitShared();
            command("REPLICAOF", "127.0.0.1", "1").run(outage);
            outage.awaitDegraded();
            long before = outage.proxy.accepted();
            await().atMost(Duration.ofSeconds(20)).until(() -> outage.proxy.accepted() > before + 1);
        }
    }

    @Test
    void outOfMemory() throws IOException {
        survives(
                Outage.begin(), command("CONFIG", "SET", "maxmemory", "1"), command("CONFIG", "SET", "maxmemory", "0"));
    }

    @Test
    void passwordChanged() throws IOException {
        Outage outage = Outage.begin();
        try (Resp admin = outage.admin()) {
            survives(
                    outage,
                    broken -> {
                        admin.command("CONFIG", "SET", "requirepass", "unknown");
                        broken.proxy.cut();
                    },
                    broken -> admin.command("CONFIG", "SET", "requirepass", ""));
        }
    }

    /** The one client is who mends it. */
    @Test
    void maxClients() throws IOException {
        Outage outage = Outage.begin();
        try (Resp admin = outage.admin()) {
            survives(
                    outage,
                    broken -> {
                        admin.command("CONFIG", "SET", "maxclients", "1");
                        broken.proxy.cut();
                    },
                    broken -> admin.command("CONFIG", "SET", "maxclients", "100"));
        }
    }

    @Test
    void connectionsKilled_areMadeAnew() throws IOException {
        try (Outage outage = Outage.begin()) {
            outage.awaitShared();
            for (int i = 0; i < 3; i++) {
                command("CLIENT", "KILL", "TYPE", "normal").run(outage);
                outage.ask("fred", 3);
                outage.awaitShared();
            }
            assertThat(outage.ask("fred", 3 * CAPACITY) + 9).isBetween(CAPACITY, 2 * CAPACITY);
        }
    }

    @Test
    void scriptsFlushed_costsNobodyAnything() throws IOException {
        try (Outage outage = Outage.begin()) {
            outage.awaitShared();
            int admitted = 0;
            for (int i = 0; i < CAPACITY + 3; i++) {
                command("SCRIPT", "FLUSH").run(outage);
                admitted += outage.ask("fred", 1);
            }
            assertThat(admitted).isEqualTo(CAPACITY);
            assertThat(outage.degraded).hasValue(0);
        }
    }

    @Test
    void anotherTypeUnderAKey_hurtsNobodyElse() throws IOException {
        try (Outage outage = Outage.begin();
                Resp admin = outage.admin()) {
            outage.awaitShared();
            byte[] key = RedisKeys.of("outage", null)
                    .of(new ItemKey(ItemKind.BUCKET, "api", null, Key.of(Scope.USER, "fred")));
            String name = new String(key, StandardCharsets.US_ASCII);
            for (String[] foreign : new String[][] {
                {"LPUSH", name, "odd"},
                {"SET", name, "garbage"},
                {"SET", name, "longer garbage".repeat(20)},
                {"SET", name, ""}
            }) {
                admin.command(foreign);
                for (int i = 0; i < 10; i++) { // more than what opens the breaker
                    assertThat(outage.ask("fred").isDegraded())
                            .as(foreign[0] + foreign[2])
                            .isTrue();
                    assertThat(outage.ask("wilma" + i).isDegraded()).isFalse();
                }
                admin.command("DEL", name);
                assertThat(outage.ask("fred").isDegraded()).isFalse();
                admin.command("DEL", name);
            }
        }
    }

    /** Several are read at once, where Redis does not tell another type from an absent key. */
    @Test
    void anotherTypeUnderOneOfSeveralKeys_takesNothingAndStays() throws IOException {
        BucketLimit limit =
                new BucketLimit(List.of(new Rate(CAPACITY, Duration.ofDays(1).toNanos(), CAPACITY)), 0);
        Key fred = Key.of(Scope.USER, "fred");
        ChargeItem first = new ChargeItem(Action.TAKE, limit, "first", null, fred, 1);
        ChargeItem second = new ChargeItem(Action.TAKE, limit, "second", null, fred, 1);
        Charge charge = new Charge(2);
        charge.add(first);
        charge.add(second);
        try (RedisStore store = TestRedis.builder().build();
                Resp admin = TestRedis.SERVER.connect()) {
            String good = new String(store.keys().of(first), StandardCharsets.US_ASCII);
            String bad = new String(store.keys().of(second), StandardCharsets.US_ASCII);
            admin.command("LPUSH", bad, "odd");
            store.charge(charge, Duration.ofSeconds(10).toNanos());
            assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
            assertThat(charge.cause()).hasStackTraceContaining("WRONGTYPE");
            assertThat(admin.number("EXISTS", good)).isZero();
            assertThat(admin.text("TYPE", bad)).isEqualTo("list");
        }
    }

    /** The first start is quick, because there is nothing to load; the second answers after every other megabyte. */
    @Test
    void loading() throws IOException {
        survives(
                Outage.begin(
                        RedisServer.builder()
                                .debugCommand()
                                .option("key-load-delay", "300")
                                .option("rdbcompression", "no"),
                        ""),
                outage -> {
                    try (Resp admin = outage.admin()) {
                        admin.command("DEBUG", "POPULATE", "10000", "key", "4000");
                        admin.command("SAVE");
                    }
                    outage.server.kill();
                    outage.server.restart();
                },
                outage -> {});
    }
}
