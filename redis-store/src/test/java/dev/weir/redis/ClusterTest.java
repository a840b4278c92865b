// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.redisrig.SlotMove;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.store.SharedMaps;
import dev.weir.store.StoreSettings;
import dev.weir.store.Verdict;
import dev.weir.store.VersionedMap;
import io.lettuce.core.cluster.SlotHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster of three masters and three replicas, some of which are moved, frozen and killed. */
class ClusterTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final long DEADLINE = Duration.ofMillis(200).toNanos();
    private static final long BEAT = Duration.ofMillis(500).toNanos();
    private static final long USUAL_DEADLINE = StoreSettings.DEFAULT_DEADLINE.toNanos();
    private static final int MOVES = 6;
    private static final int CAPACITY = 100_000;
    private static final Limit DAILY =
            new BucketLimit(List.of(new Rate(1, Duration.ofDays(1).toNanos(), CAPACITY)), 0);
    private static final AtomicInteger NAMES = new AtomicInteger();

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
        store = newStore("cluster" + NAMES.incrementAndGet());
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static RedisStore newStore(String namespace) {
        return newStore(namespace, cluster.seeds().subList(0, 2));
    }

    private static RedisStore newStore(String namespace, List<String> seeds) {
        return TestRedis.inCluster(namespace, seeds);
    }

    private static ChargeItem item(Action action, String user, long cost) {
        return new ChargeItem(action, DAILY, "api", null, Key.of(Scope.USER, user), cost);
    }

    private Charge charge(ChargeItem... items) {
        Charge charge = Charge.of(items);
        store.charge(charge, PATIENCE);
        return charge;
    }

    private long left(String user) {
        Charge look = charge(item(Action.LOOK, user, 1));
        assertThat(look.outcome().decided()).as("%s", look.cause()).isTrue();
        return look.item(0).available(0);
    }

    private int slot(String user) {
        return SlotHash.getSlot(store.keys().of(item(Action.LOOK, user, 1)));
    }

    private RedisServer serverOf(String user) throws IOException {
        return cluster.masterOf(slot(user)).orElseThrow();
    }

    /** Names of users, one on each master. */
    private List<String> apart() throws IOException {
        List<String> users = new ArrayList<>();
        List<RedisServer> seen = new ArrayList<>();
        for (int i = 0; seen.size() < 3; i++) {
            RedisServer server = serverOf("user" + i);
            if (!seen.contains(server)) {
                seen.add(server);
                users.add("user" + i);
            }
        }
        return users;
    }

    @Test
    void everyCallerIsCountedWhereHisKeyLives_byOneCommand() throws IOException {
        store.heartbeat(BEAT);
        CommandCounts before = cluster.counts();
        List<String> users = IntStream.range(0, 30).mapToObj(i -> "user" + i).toList();
        for (String user : users) {
            ChargeItem lease =
                    new ChargeItem(Action.TAKE, new LeaseLimit(5, 0), "api", null, Key.of(Scope.USER, user), 1);
            ChargeItem log = new ChargeItem(
                    Action.TAKE,
                    new RollingLimit(List.of(new Rate(9, Duration.ofHours(1).toNanos(), 9)), 0),
                    "api",
                    null,
                    Key.of(Scope.USER, user),
                    1);
            assertThat(charge(item(Action.TAKE, user, 1), lease, log).outcome()).isEqualTo(Outcome.ADMITTED);
        }
        CommandCounts spent = cluster.counts().minus(before);
        assertThat(spent.calls("evalsha") + spent.calls("eval")).isEqualTo(users.size());
        for (String user : users) {
            try (Resp redis = serverOf(user).connect()) {
                String key = text(store.keys().of(item(Action.LOOK, user, 1)));
                assertThat(redis.number("EXISTS", key)).as(user).isEqualTo(1);
                assertThat(redis.number("PTTL", key)).as("life of %s", user).isPositive();
            }
        }
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    @Test
    void aChargeOfSeveralServers_isAllOrNothing() throws IOException {
        List<String> users = apart();
        Charge admitted = charge(
                item(Action.TAKE, users.get(0), 3),
                item(Action.TAKE, users.get(1), 4),
                item(Action.TAKE, users.get(2), 5));
        assertThat(admitted.outcome()).as("%s", admitted.cause()).isEqualTo(Outcome.ADMITTED);
        assertThat(users).extracting(this::left).containsExactly(CAPACITY - 3L, CAPACITY - 4L, CAPACITY - 5L);

        charge(item(Action.TAKE, users.get(1), left(users.get(1))));
        Charge refused = charge(
                item(Action.TAKE, users.get(0), 3),
                item(Action.TAKE, users.get(1), 4),
                item(Action.TAKE, users.get(2), 5));
        assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(refused.items())
                .extracting(ChargeItem::verdict)
                .containsExactly(Verdict.PASSED, Verdict.REFUSED, Verdict.PASSED);
        assertThat(refused.item(0).available(0)).as("shown as given back").isEqualTo(CAPACITY - 3L);
        await().untilAsserted(() ->
                assertThat(users).extracting(this::left).containsExactly(CAPACITY - 3L, 0L, CAPACITY - 5L));
        assertThat(store.lostRefunds()).isZero();
    }

    @Test
    void manyMixedCharges_admitNoMoreThanThereIs() throws Exception {
        List<String> users = apart();
        charge(item(Action.TAKE, users.get(0), CAPACITY - 100));
        AtomicInteger admitted = new AtomicInteger();
        inParallel(8, () -> {
            for (int i = 0; i < 100; i++) {
                Charge both = charge(item(Action.TAKE, users.get(0), 1), item(Action.TAKE, users.get(1), 1));
                assertThat(both.outcome().decided()).isTrue();
                if (both.outcome() == Outcome.ADMITTED) {
                    admitted.incrementAndGet();
                }
            }
        });
        assertThat(admitted).hasValue(100);
        assertThat(left(users.get(0))).isZero();
        await().untilAsserted(() -> assertThat(left(users.get(1)))
                .as("what was refused has come back")
                .isEqualTo(CAPACITY - 100));
    }

    private static void inParallel(int threads, Runnable work) throws InterruptedException {
        List<Thread> running = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread thread = new Thread(work);
            thread.setUncaughtExceptionHandler((who, what) -> thrown.add(what));
            thread.start();
            running.add(thread);
        }
        for (Thread thread : running) {
            thread.join();
        }
        assertThat(thrown).isEmpty();
    }

    @Test
    void aSlotThatMoves_isFollowedUnderLoad() throws Exception {
        String user = apart().get(0);
        RedisServer from = serverOf(user);
        RedisServer to = cluster.masters().stream()
                .filter(each -> each != from)
                .findFirst()
                .orElseThrow();
        AtomicInteger admitted = new AtomicInteger();
        AtomicInteger failed = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch underWay = new CountDownLatch(20);
        Thread load = new Thread(() -> {
            try {
                inParallel(4, () -> {
                    while (!stop.get()) {
                        Charge charge = Charge.of(item(Action.TAKE, user, 1));
                        store.charge(charge, PATIENCE);
                        (charge.outcome().decided() ? admitted : failed)
                                .addAndGet(charge.outcome() == Outcome.REFUSED ? 0 : 1);
                        underWay.countDown();
                    }
                });
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        load.start();
        underWay.await();
        SlotMove move = cluster.beginMove(slot(user), to);
        move.keys(100); // from here on the old master sends clients on, and the new one takes whom it is asked to
        int before = admitted.get();
        await().until(() -> admitted.get() > before + 20);
        move.finish();
        int after = admitted.get();
        await().until(() -> admitted.get() > Math.min(after + 20, CAPACITY - 1));
        stop.set(true);
        load.join();
        cluster.awaitWhole();
        store.heartbeat(BEAT);
        assertThat(failed).as("charges without an answer").hasValue(0);
        assertThat(serverOf(user)).isEqualTo(to);
        assertThat(left(user)).as("every charge counts once").isEqualTo(CAPACITY - admitted.get());
    }

    /** Nobody asks here who has which slots, so each charge behind a move is sent on, once. Some may meet a machine that stalls. */
    @Test
    void whoeverIsSentOn_arrivesWithinTheDeadline() throws Exception {
        List<String> users = apart();
        String user = users.get(0);
        await().until(
                        () -> { // until there is a connection to each: from then on nobody tends them
                            store.heartbeat(BEAT);
                            return users.stream()
                                    .allMatch(each -> charge(item(Action.TAKE, each, 1))
                                            .outcome()
                                            .decided());
                        });
        List<RedisServer> masters = cluster.masters();
        long asks = errors(masters, "ASK");
        long moves = errors(masters, "MOVED");
        List<Long> tookNanos = new ArrayList<>();
        for (int i = 0; i < MOVES; i++) {
            RedisServer from = serverOf(user);
            RedisServer to =
                    masters.stream().filter(each -> each != from).findFirst().orElseThrow();
            SlotMove move = cluster.beginMove(slot(user), to);
            move.key(text(store.keys().of(item(Action.LOOK, user, 1))));
            tookNanos.add(nanosToDecide(user)); // sent on by ASK
            move.finish();
            tookNanos.add(nanosToDecide(user)); // sent on by MOVED
            cluster.awaitWhole();
        }
        assertThat(errors(masters, "ASK") - asks).isGreaterThanOrEqualTo(MOVES);
        assertThat(errors(masters, "MOVED") - moves).isGreaterThanOrEqualTo(MOVES);
        assertThat(tookNanos.stream().filter(took -> took < DEADLINE).count())
                .as("decided within the deadline: %s", tookNanos)
                .isGreaterThanOrEqualTo(MOVES * 3L / 2);
        assertThat(Collections.min(tookNanos)).as("within the usual deadline").isLessThan(USUAL_DEADLINE);
    }

    /** {@return how long a charge took that may take as long as the deadline, or for ever if it was not decided} */
    private long nanosToDecide(String user) {
        Charge charge = Charge.of(item(Action.TAKE, user, 1));
        long start = System.nanoTime();
        store.charge(charge, DEADLINE);
        return charge.outcome() == Outcome.ADMITTED ? System.nanoTime() - start : Long.MAX_VALUE;
    }

    /** {@return how often servers have answered with an error} */
    private static long errors(List<RedisServer> servers, String name) throws IOException {
        long sum = 0;
        for (RedisServer server : servers) {
            try (Resp redis = server.connect()) {
                sum += redis.text("INFO", "errorstats")
                        .lines()
                        .filter(line -> line.startsWith("errorstat_" + name + ":count="))
                        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1)))
                        .sum();
            }
        }
        return sum;
    }

    /** No server has both keys, so none decides; what lies elsewhere goes on. */
    @Test
    void aChargeWhoseKeysAreOnTheirWay_followsItsRulesUntilTheyHaveArrived() throws Exception {
        List<String> users = apart();
        String user = users.get(0);
        ChargeItem other = new ChargeItem(Action.TAKE, DAILY, "other", null, Key.of(Scope.USER, user), 1);
        assertThat(charge(item(Action.TAKE, user, 1), other).outcome()).isEqualTo(Outcome.ADMITTED);
        RedisServer from = serverOf(user);
        RedisServer to = cluster.masters().stream()
                .filter(each -> each != from)
                .findFirst()
                .orElseThrow();
        SlotMove move = cluster.beginMove(slot(user), to);
        move.key(text(store.keys().of(other)));
        Charge torn = charge(item(Action.TAKE, user, 1), other.as(Action.TAKE));
        assertThat(torn.outcome()).isEqualTo(Outcome.NOT_SENT);
        assertThat(torn.failedAside()).isTrue();
        Charge partly = charge(item(Action.TAKE, user, 1), other.as(Action.TAKE), item(Action.TAKE, users.get(1), 1));
        assertThat(partly.isPartly()).isTrue();
        assertThat(charge(item(Action.TAKE, user, 1)).outcome())
                .as("one key is where it is")
                .isEqualTo(Outcome.ADMITTED);
        move.finish();
        Charge whole = charge(item(Action.TAKE, user, 1), other.as(Action.TAKE));
        assertThat(whole.outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(whole.items()).extracting(each -> each.available(0)).containsExactly(CAPACITY - 3L, CAPACITY - 2L);
        cluster.awaitWhole();
    }

    @Test
    void aFrozenMaster_holdsUpAFewAndNobodyElse() throws Exception {
        List<String> users = apart();
        RedisServer frozen = serverOf(users.get(0));
        RedisServer replica = cluster.replicaOf(frozen).orElseThrow();
        replica.freeze(); // so nobody takes over
        frozen.freeze();
        try {
            int waited = 0;
            for (int i = 0; i < 30; i++) {
                Charge lost = Charge.of(item(Action.TAKE, users.get(0), 1));
                store.charge(lost, DEADLINE);
                assertThat(lost.outcome().decided()).isFalse();
                assertThat(lost.failedAside()).as("the others are well").isTrue();
                waited += lost.outcome() == Outcome.PERHAPS_SENT ? 1 : 0;
                assertThat(charge(item(Action.TAKE, users.get(1), 1)).outcome()).isEqualTo(Outcome.ADMITTED);
            }
            assertThat(waited).as("charges that waited for it").isLessThanOrEqualTo(5);
            assertThat(store.heartbeat(BEAT)).as("there are others").isIn(1, RedisStore.UNCOUNTED);

            Charge partly = charge(item(Action.TAKE, users.get(0), 1), item(Action.TAKE, users.get(1), 10));
            assertThat(partly.isPartly()).isTrue();
            assertThat(partly.items())
                    .extracting(ChargeItem::verdict)
                    .containsExactly(Verdict.UNDECIDED, Verdict.PASSED);
            assertThat(left(users.get(1))).isEqualTo(CAPACITY - 40L);
            partly.undo();
            await().until(() -> left(users.get(1)) == CAPACITY - 30L);

            Charge refused = charge(item(Action.TAKE, users.get(0), 1), item(Action.TAKE, users.get(1), CAPACITY));
            assertThat(refused.outcome()).as("who refuses needs nobody else").isEqualTo(Outcome.REFUSED);
        } finally {
            frozen.thaw();
            replica.thaw();
        }
        cluster.awaitWhole();
        await().until(() -> {
            store.heartbeat(BEAT);
            return charge(item(Action.TAKE, users.get(0), 1)).outcome() == Outcome.ADMITTED;
        });
    }

    /** Replicas answer, and cannot elect anybody. */
    @Test
    void withoutAnyMaster_theStoreDoesNotAnswer() throws Exception {
        // Replicas that are known by now are connected a heartbeat later.
        for (int beat = 0; beat < 3; beat++) {
            await().pollDelay(Duration.ofMillis(300)).until(() -> store.heartbeat(BEAT) > 0);
        }
        List<RedisServer> masters = cluster.masters();
        for (RedisServer master : masters) {
            master.freeze();
        }
        try {
            assertThat(store.heartbeat(BEAT)).isZero();
        } finally {
            for (RedisServer master : masters) {
                master.thaw();
            }
        }
        cluster.awaitWhole();
        await().until(() -> store.heartbeat(BEAT) > 0);
    }

    @Test
    void aMasterThatDies_isFollowedByItsReplica() throws Exception {
        List<String> users = apart();
        charge(item(Action.TAKE, users.get(0), 7));
        RedisServer victim = serverOf(users.get(0));
        try (Resp redis = victim.connect()) {
            redis.number("WAIT", "1", "5000");
        }
        victim.kill();
        Charge lost = charge(item(Action.TAKE, users.get(0), 1));
        assertThat(lost.outcome().decided()).isFalse();
        assertThat(charge(item(Action.TAKE, users.get(1), 1)).outcome()).isEqualTo(Outcome.ADMITTED);
        cluster.awaitWhole();
        assertThat(store.heartbeat(BEAT)).isPositive();
        assertThat(left(users.get(0))).as("at the first heartbeat after it").isIn(CAPACITY - 7L, CAPACITY - 8L);
        victim.restart();
        cluster.awaitWhole();
    }

    /** Nodes that were expelled, or are cut off from the others, are among those that are asked who has which slots. */
    @Test
    void whoTakesNoPart_isNotBelieved() throws Exception {
        try (RedisServer expelled = alone(0);
                RedisServer cutOff = alone(200);
                RedisServer andAnother = alone(200);
                RedisServer andOneMore = alone(200)) {
            List<String> seeds = Stream.of(expelled, cutOff, andAnother, andOneMore)
                    .map(RedisServer::uri)
                    .collect(Collectors.toCollection(ArrayList::new));
            seeds.add(cluster.seeds().get(0));
            try (RedisStore among = newStore(store.keys().namespace(), seeds)) {
                for (int beat = 0; beat < 4; beat++) {
                    assertThat(among.heartbeat(BEAT)).isPositive();
                    for (int i = 0; i < 50; i++) {
                        Charge charge = Charge.of(item(Action.TAKE, "user" + i, 1));
                        among.charge(charge, PATIENCE);
                        assertThat(charge.outcome()).as("%s", charge.cause()).isEqualTo(Outcome.ADMITTED);
                    }
                }
            }
        }
    }

    /** A server that takes itself for the owner of some slots. */
    private static RedisServer alone(int slots) throws IOException {
        RedisServer server = RedisServer.builder()
                .clusterNode()
                .option("cluster-node-timeout", "1000")
                .start();
        try (Resp redis = server.connect()) {
            for (int slot = 0; slot < slots; slot++) {
                redis.text("CLUSTER", "ADDSLOTS", Integer.toString(slot));
            }
        }
        return server;
    }

    @Test
    void leasesLive_onEveryServer() throws IOException {
        List<String> users = apart();
        List<Charge> held = users.stream()
                .map(user -> charge(
                        new ChargeItem(Action.TAKE, new LeaseLimit(1, 0), "api", null, Key.of(Scope.USER, user), 1)))
                .toList();
        assertThat(held).extracting(Charge::outcome).containsOnly(Outcome.ADMITTED);
        assertThat(store.heartbeat(BEAT)).isPositive();
        held.forEach(charge -> charge.item(0).lease().release());
        await().until(() -> users.stream().allMatch(user -> {
            Charge look =
                    charge(new ChargeItem(Action.LOOK, new LeaseLimit(1, 0), "api", null, Key.of(Scope.USER, user), 1));
            return look.item(0).available(0) == 1;
        }));
    }

    @Test
    void instancesAndProfiles_areKnownToAll() {
        try (RedisStore other = newStore(store.keys().namespace())) {
            store.heartbeat(BEAT);
            assertThat(other.heartbeat(BEAT)).isEqualTo(2);
            VersionedMap here = ((SharedMaps) store).map("profiles");
            VersionedMap there = ((SharedMaps) other).map("profiles");
            assertThat(here.put("name", "value", 0, PATIENCE)).isTrue();
            assertThat(there.read(0, PATIENCE).entries()).containsKey("name");
        }
    }
}
