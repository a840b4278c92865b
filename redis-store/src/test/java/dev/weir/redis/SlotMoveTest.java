// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.redisrig.SlotMove;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A slot that is half moved, and stays so. */
class SlotMoveTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final long BEAT = Duration.ofMillis(500).toNanos();
    private static final int THREADS = 8;
    private static final int ROUNDS = 200;
    private static final Key ACME = Key.of(Scope.TENANT, "acme");
    private static final Limit DAILY =
            new BucketLimit(List.of(new Rate(1, Duration.ofDays(1).toNanos(), 100_000)), 0);

    private static RedisCluster cluster;
    private RedisStore store;

    @BeforeAll
    static void begin() throws IOException {
        cluster = RedisCluster.start(3);
    }

    @AfterAll
    static void finish() {
        cluster.close();
    }

    @BeforeEach
    void open() throws IOException {
        cluster.awaitWhole();
        store = TestRedis.inCluster(TestRedis.newNamespace(), cluster.seeds());
        store.heartbeat(BEAT);
        store.heartbeat(BEAT);
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** A user of the tenant, all of whom live in one slot. */
    private static ChargeItem user(Action action, int number) {
        return new ChargeItem(action, DAILY, "api", ACME, Key.of(Scope.USER, "user" + number), 1);
    }

    private static ChargeItem stranger(Action action, String name) {
        return new ChargeItem(action, DAILY, "ip", null, Key.of(Scope.IP, name), 1);
    }

    private Charge charge(ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, PATIENCE);
        return charge;
    }

    private String key(ChargeItem item) {
        return new String(store.keys().of(item), StandardCharsets.US_ASCII);
    }

    private RedisServer serverOf(ChargeItem item) throws IOException {
        return cluster.masterOf(SlotHash.getSlot(store.keys().of(item))).orElseThrow();
    }

    /** A stranger whose key lives on that server, or on another. */
    private ChargeItem strangerAt(RedisServer server, boolean there) throws IOException {
        int slot = SlotHash.getSlot(store.keys().of(user(Action.TAKE, 0)));
        for (int i = 0; ; i++) {
            ChargeItem item = stranger(Action.TAKE, "192.0.2." + i);
            boolean apart = SlotHash.getSlot(store.keys().of(item)) != slot;
            if (apart && serverOf(item).equals(server) == there) {
                return item;
            }
        }
    }

    private SlotMove halfMoved(RedisServer from, int users) throws IOException {
        RedisServer to = cluster.masters().stream()
                .filter(each -> !each.equals(from))
                .findFirst()
                .orElseThrow();
        SlotMove move = cluster.beginMove(SlotHash.getSlot(store.keys().of(user(Action.TAKE, 0))), to);
        for (int i = 0; i < users / 2; i++) {
            move.key(key(user(Action.TAKE, i)));
        }
        return move;
    }

    /** They travel together, and together no server has all their keys. */
    @Test
    void chargesOfOneKeyEach_areDecidedThoughTheyTravelTogether() throws Exception {
        for (int i = 0; i < THREADS; i++) {
            assertThat(charge(user(Action.TAKE, i)).outcome()).isEqualTo(Outcome.ADMITTED);
        }
        RedisServer from = serverOf(user(Action.TAKE, 0));
        ChargeItem neighbour = strangerAt(from, true);
        SlotMove move = halfMoved(from, THREADS);
        AtomicInteger undecided = new AtomicInteger();
        AtomicInteger neighbours = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        Thread other = new Thread(() -> {
            while (!stop.get()) {
                neighbours.addAndGet(charge(neighbour.as(Action.TAKE)).outcome().decided() ? 0 : 1);
            }
        });
        other.start();
        List<Thread> crowd = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int number = i;
            crowd.add(new Thread(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    undecided.addAndGet(
                            charge(user(Action.TAKE, number)).outcome().decided() ? 0 : 1);
                }
            }));
        }
        crowd.forEach(Thread::start);
        for (Thread each : crowd) {
            each.join();
        }
        stop.set(true);
        other.join();
        assertThat(undecided).hasValue(0);
        assertThat(neighbours).as("of another slot of the same server").hasValue(0);
        for (int i = 0; i < THREADS; i++) {
            assertThat(charge(user(Action.LOOK, i)).item(0).available(0)).isEqualTo(100_000 - 1 - ROUNDS);
        }
        IntStream.range(THREADS / 2, THREADS).forEach(i -> move(move, user(Action.TAKE, i)));
        move.finish();
    }

    private void move(SlotMove move, ChargeItem item) {
        try {
            move.key(key(item));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** The mark by which it could be given back is nowhere yet, so no server has both. */
    @Test
    void aChargeThatLiesElsewhereToo_isDecidedWholeAndCannotBeGivenBack() throws Exception {
        charge(user(Action.TAKE, 0));
        RedisServer from = serverOf(user(Action.TAKE, 0));
        ChargeItem elsewhere = strangerAt(from, false);
        SlotMove move = halfMoved(from, 0);
        for (int moved = 0; moved < 2; moved++) {
            Charge both = charge(user(Action.TAKE, 0), elsewhere.as(Action.TAKE));
            assertThat(both.outcome()).as("moved: %d", moved).isEqualTo(Outcome.ADMITTED);
            assertThat(both.isPartly()).as("moved: %d", moved).isFalse();
            if (moved == 0) {
                move.key(key(user(Action.TAKE, 0)));
            }
        }
        long before = charge(user(Action.LOOK, 0)).item(0).available(0);
        Charge refused = charge(
                user(Action.TAKE, 0), new ChargeItem(Action.TAKE, DAILY, "ip", null, elsewhere.per(), 1_000_000));
        assertThat(refused.outcome()).isEqualTo(Outcome.IMPOSSIBLE);
        move.finish();
        await().untilAsserted(() -> {
            store.heartbeat(BEAT);
            assertThat(store.lostRefunds()).isEqualTo(1);
        });
        assertThat(charge(user(Action.LOOK, 0)).item(0).available(0)).isEqualTo(before - 1);
    }

    /** No list of slots names it before it owns one. */
    @Test
    void aNewMaster_isReachedWhileSlotsMoveToIt() throws Exception {
        charge(user(Action.TAKE, 0));
        RedisServer from = serverOf(user(Action.TAKE, 0));
        int slot = SlotHash.getSlot(store.keys().of(user(Action.TAKE, 0)));
        try (RedisServer added = RedisServer.builder()
                        .clusterNode()
                        .option("cluster-node-timeout", "1500")
                        .option("cluster-require-full-coverage", "no")
                        .start();
                Resp there = added.connect();
                Resp here = from.connect()) {
            there.text("CLUSTER", "SET-CONFIG-EPOCH", "99");
            for (RedisServer each : cluster.servers()) {
                there.text("CLUSTER", "MEET", "127.0.0.1", Integer.toString(each.port()));
            }
            String id = there.text("CLUSTER", "MYID");
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> here.text("CLUSTER", "NODES").contains(id)
                            && there.text("CLUSTER", "INFO").contains("cluster_state:ok"));
            there.text("CLUSTER", "SETSLOT", Integer.toString(slot), "IMPORTING", here.text("CLUSTER", "MYID"));
            here.text("CLUSTER", "SETSLOT", Integer.toString(slot), "MIGRATING", id);
            here.text("MIGRATE", "127.0.0.1", Integer.toString(added.port()), key(user(Action.TAKE, 0)), "0", "5000");
            await().until(() -> {
                store.heartbeat(BEAT);
                return charge(user(Action.TAKE, 0)).outcome() == Outcome.ADMITTED;
            });
            for (int beats = 0; beats < 4; beats++) {
                store.heartbeat(BEAT);
                assertThat(charge(user(Action.TAKE, 0)).outcome())
                        .as("after beat %d", beats)
                        .isEqualTo(Outcome.ADMITTED);
            }
            here.text("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE");
            there.text("MIGRATE", "127.0.0.1", Integer.toString(from.port()), key(user(Action.TAKE, 0)), "0", "5000");
            there.text("CLUSTER", "SETSLOT", Integer.toString(slot), "STABLE");
            for (RedisServer each : cluster.servers()) {
                try (Resp one = each.connect()) {
                    one.text("CLUSTER", "FORGET", id);
                }
            }
        }
    }
}
