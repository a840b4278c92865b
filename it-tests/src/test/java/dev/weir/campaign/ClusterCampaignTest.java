// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.campaign.Crowd.Policy;
import dev.weir.redis.RedisKeys;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.redisrig.SlotMove;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three JVMs of eight threads on a cluster, one master of which is frozen with its replica, one killed so that its replica takes
 * over, and a third loses a slot to another. The callers of each master are judged by themselves, by what has become of it: those
 * of the third have no excuse for a decision without Redis.
 */
@Tag("heavy")
class ClusterCampaignTest {

    private static final int INSTANCES = 3;
    private static final int MASTERS = 3;
    private static final Duration FROZEN = Duration.ofSeconds(5);
    private static final Duration CALM = Outages.RECOVERY.plusSeconds(1);

    /** What a script reads with, and what lets a client read from a replica. */
    private static final List<String> READS = List.of(
            "get,mget,getrange,exists,lindex,llen,lrange,zcard,zcount,zscore,zrange,zrangebyscore,hget,hlen,hexists,hgetall,readonly"
                    .split(",", -1));

    private static final int MOST_BEATS_A_SECOND = 5;

    @TempDir
    Path folder;

    private final long origin = System.nanoTime();
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final Clocks clocks = new Clocks();
    private final List<List<Incident>> incidents = Stream.generate(() -> (List<Incident>) new ArrayList<Incident>())
            .limit(MASTERS)
            .toList();
    private RedisCluster cluster;
    private int[] home; // of each caller

    @BeforeEach
    void start() throws IOException {
        cluster = RedisCluster.start(MASTERS);
        home = new int[Crowd.CALLERS];
        for (int caller = 0; caller < home.length; caller++) {
            home[caller] =
                    cluster.servers().indexOf(cluster.masterOf(slot(caller)).orElseThrow());
        }
        assertThat(home).as("masters that have callers").contains(0, 1, 2);
    }

    @AfterEach
    void end() {
        cluster.close();
    }

    private int slot(int caller) throws IOException {
        byte[] key = RedisKeys.of(Crowd.NAMESPACE, null).of(Crowd.bucket(caller));
        return cluster.slotOf(new String(key, StandardCharsets.US_ASCII));
    }

    private long now() {
        return System.nanoTime() - origin;
    }

    private void pause(Duration length) {
        long end = now() + length.toNanos();
        while (now() < end) {
            clocks.look();
            LockSupport.parkNanos(Math.min(TimeUnit.MILLISECONDS.toNanos(100), end - now()));
        }
    }

    private void add(int master, String name, long begin, Incident.Loss... losses) {
        incidents.get(master).add(new Incident(name, begin, now(), Incident.ALL, true, List.of(losses)));
    }

    /** Its replica wakes when nobody takes it for dead any more, or it would take over from one who lives. */
    private void freeze(int master, RedisServer replica) throws IOException {
        RedisServer server = cluster.servers().get(master);
        long begin = now();
        server.freeze();
        replica.freeze();
        pause(FROZEN);
        server.thaw();
        cluster.awaitWhole();
        replica.thaw();
        cluster.awaitWhole();
        add(master, "FROZEN", begin);
    }

    private void kill(int master) throws IOException {
        RedisServer server = cluster.servers().get(master);
        long begin = now();
        server.kill();
        long dead = now();
        cluster.awaitWhole();
        add(master, "KILLED", begin, Incident.Loss.at(dead, dead));
        server.restart();
        cluster.awaitWhole();
    }

    /** Of one who has a single key, so that it is never torn between two servers. */
    private int moveAway(int master) throws IOException {
        int caller = IntStream.range(0, Crowd.CALLERS)
                .filter(each -> home[each] == master && Policy.of(each) == Policy.CLOSED)
                .findFirst()
                .orElseThrow();
        SlotMove move = cluster.beginMove(slot(caller), cluster.servers().get(0));
        pause(Duration.ofMillis(500));
        move.keys(100);
        pause(Duration.ofMillis(500));
        move.finish();
        cluster.awaitWhole();
        return caller;
    }

    private static CommandCounts counts(RedisServer server) throws IOException {
        try (Resp redis = server.connect()) {
            return CommandCounts.of(redis);
        }
    }

    @Test
    void eachMastersCallers_haveItsTroublesOnly() throws Exception {
        System.out.printf("ClusterCampaignTest: seed %d%n", seed);
        String uri = "redis-cluster://"
                + String.join(
                        ",",
                        cluster.seeds().stream()
                                .limit(2)
                                .map(each -> each.substring("redis://".length()))
                                .toList());
        RedisServer replicaOfFrozen =
                cluster.replicaOf(cluster.servers().get(0)).orElseThrow();
        RedisServer replicaOfWell = cluster.replicaOf(cluster.servers().get(2)).orElseThrow();
        try (Fleet fleet = new Fleet(folder)) {
            fleet.start(new Instance.Task(uri, origin, seed, folder, 0, INSTANCES, Mutant.NONE));
            pause(Duration.ofSeconds(2)); // until each has counted all
            long from = now();
            List<CommandCounts> before = List.of(counts(replicaOfFrozen), counts(replicaOfWell));
            fleet.tell("go");
            pause(CALM);
            freeze(0, replicaOfFrozen);
            pause(CALM);
            fleet.measure();
            kill(1);
            pause(CALM);
            int moved = moveAway(2);
            pause(CALM);
            fleet.measure();
            long to = now();
            fleet.end();
            assertThat(clocks.drift()).as("the clocks of this machine were set").isLessThan(Clocks.MOST_DRIFT);
            assertThat(cluster.masterOf(slot(moved))).contains(cluster.servers().get(0));
            assertAskedForNothing(counts(replicaOfFrozen).minus(before.get(0)), replicaOfFrozen, to - from);
            assertAskedForNothing(counts(replicaOfWell).minus(before.get(1)), replicaOfWell, to - from);
            judge(fleet, from, to);
            fleet.assertNoGrowth();
        }
    }

    /** A replica answers heartbeats, which have no keys. Whoever asked it for a key was sent on, which it counts. */
    private static void assertAskedForNothing(CommandCounts asked, RedisServer replica, long nanos) throws IOException {
        assertThat(READS).as("asked of a replica: %s", asked).allMatch(command -> asked.calls(command) == 0);
        assertThat(asked.calls("evalsha") + asked.calls("eval"))
                .as("heartbeats at a replica, and no charges")
                .isBetween(1L, INSTANCES * MOST_BEATS_A_SECOND * nanos / TimeUnit.SECONDS.toNanos(1));
        try (Resp redis = replica.connect()) {
            assertThat(redis.text("INFO", "errorstats")).doesNotContain("MOVED", "ASK");
        }
    }

    private void judge(Fleet fleet, long from, long to) throws IOException {
        long late = Clocks.STEP.plus(clocks.drift()).toNanos();
        List<Judge> judges = incidents.stream()
                .map(ofMaster -> new Judge(INSTANCES, ofMaster, late))
                .toList();
        fleet.report((instance, answer) -> judges.get(home[answer.caller()]).add(instance, answer));
        for (int master = 0; master < MASTERS; master++) {
            Judge judge = judges.get(master);
            judge.stalled(fleet.stalls());
            Outages outages = home[Crowd.HOT] == master ? judge.judge(from, to) : judge.judge();
            System.out.printf(
                    "ClusterCampaignTest: master %d: %s; %s; %d answers, %s%n",
                    master, incidents.get(master), outages.all(), judge.size(), judge.counts());
            LongStream alone = Stream.of(Policy.values())
                    .mapToLong(policy -> judge.counts().entrySet().stream()
                            .filter(entry -> entry.getKey().startsWith("alone, " + policy))
                            .mapToLong(java.util.Map.Entry::getValue)
                            .sum());
            if (!incidents.get(master).isEmpty()) {
                assertThat(alone).as("decisions without Redis, of each policy").allMatch(count -> count > 0);
            }
        }
    }
}
