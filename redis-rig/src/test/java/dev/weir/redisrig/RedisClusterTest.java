// SPDX-License-Identifier: Apache-2.0
package dev.weir.redisrig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisClusterTest {

    private static RedisCluster cluster;

    @BeforeAll
    static void start() throws IOException {
        cluster = RedisCluster.start(3);
    }

    @AfterAll
    static void stop() {
        List<RedisServer> servers = cluster.servers();
        cluster.close();
        assertThat(servers)
                .noneMatch(RedisServer::isAlive)
                .noneMatch(server -> server.folder().toFile().exists());
    }

    private static RedisServer masterOf(String key) throws IOException {
        return cluster.masterOf(cluster.slotOf(key)).orElseThrow();
    }

    @Test
    void mastersShareTheSlotsAndHaveAReplicaEach() throws IOException {
        cluster.awaitWhole();
        List<RedisServer> masters = cluster.masters();
        assertThat(masters).hasSize(3);
        assertThat(Stream.of(0, 5_460, 5_461, 10_921, 10_922, 16_383).map(RedisClusterTest::owner))
                .allMatch(masters::contains);
        assertThat(masters.stream().map(RedisClusterTest::replica).distinct())
                .hasSize(3)
                .doesNotContainAnyElementsOf(masters);
        assertThat(cluster.seeds()).hasSize(6).allMatch(seed -> seed.startsWith("redis://127.0.0.1:"));
    }

    private static RedisServer owner(int slot) {
        try {
            return cluster.masterOf(slot).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RedisServer replica(RedisServer master) {
        try {
            return cluster.replicaOf(master).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keyIsTakenByItsMasterOnly() throws IOException {
        RedisServer owner = masterOf("fred");
        try (Resp there = owner.connect();
                Resp elsewhere = other(owner).connect()) {
            assertThat(there.text("SET", "fred", "1")).isEqualTo("OK");
            assertThatThrownBy(() -> elsewhere.text("GET", "fred"))
                    .hasMessageStartingWith("MOVED " + cluster.slotOf("fred"))
                    .hasMessageEndingWith(":" + owner.port());
        }
    }

    private static RedisServer other(RedisServer one) throws IOException {
        return cluster.masters().stream()
                .filter(each -> each != one)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void slotThatMoves_isSplitUntilItHasMoved() throws IOException {
        int slot = cluster.slotOf("{move}1");
        RedisServer from = masterOf("{move}1");
        RedisServer to = other(from);
        try (Resp old = from.connect();
                Resp next = to.connect()) {
            old.text("MSET", "{move}1", "a", "{move}2", "b", "{move}3", "c");
            SlotMove move = cluster.beginMove(slot, to);
            move.key("{move}2");
            assertThat(old.text("GET", "{move}1")).isEqualTo("a");
            assertThatThrownBy(() -> old.text("GET", "{move}2")).hasMessageStartingWith("ASK " + slot + " ");
            assertThatThrownBy(() -> old.list("MGET", "{move}1", "{move}2")).hasMessageStartingWith("TRYAGAIN ");
            assertThat(next.text("ASKING")).isEqualTo("OK");
            assertThat(next.text("GET", "{move}2")).isEqualTo("b");
            assertThat(cluster.masterOf(slot)).contains(from);

            assertThat(move.keys(1)).isEqualTo(1);
            move.finish();
            assertThat(cluster.masterOf(slot)).contains(to);
            assertThat(next.list("MGET", "{move}1", "{move}2", "{move}3")).isEqualTo(List.of("a", "b", "c"));
            assertThatThrownBy(() -> old.text("GET", "{move}1")).hasMessageStartingWith("MOVED " + slot + " ");
            cluster.awaitWhole();
        }
    }

    @Test
    void masterThatDies_isReplacedAndComesBackAsReplica() throws IOException {
        int slot = cluster.slotOf("dies");
        RedisServer victim = masterOf("dies");
        RedisServer heir = replica(victim);
        try (Resp redis = victim.connect()) {
            redis.text("SET", "dies", "1");
            assertThat(redis.number("WAIT", "1", "5000")).as("copies").isEqualTo(1);
        }
        victim.kill();
        assertThat(cluster.masterOf(slot)).as("while nobody has it").isEmpty();
        cluster.awaitWhole();
        assertThat(cluster.masterOf(slot)).contains(heir);
        try (Resp redis = heir.connect()) {
            assertThat(redis.text("GET", "dies")).isEqualTo("1");
        }
        victim.restart();
        cluster.awaitWhole();
        assertThat(cluster.replicaOf(heir)).contains(victim);
    }

    @Test
    void masterThatIsFrozen_isReplacedAndFollowsWhenItWakes() throws IOException {
        int slot = cluster.slotOf("frozen");
        RedisServer victim = masterOf("frozen");
        RedisServer heir = replica(victim);
        victim.freeze();
        cluster.awaitWhole();
        assertThat(cluster.masterOf(slot)).contains(heir);
        victim.thaw();
        cluster.awaitWhole();
        assertThat(cluster.masterOf(slot)).contains(heir);
        assertThat(cluster.replicaOf(heir)).contains(victim);
    }

    @Test
    void commandsOfAllMastersAreCounted() throws IOException {
        CommandCounts before = cluster.counts();
        for (String key : List.of("a", "b", "c", "d", "e", "f", "g")) {
            try (Resp redis = masterOf(key).connect()) {
                redis.text("SET", key, "1");
            }
        }
        assertThat(cluster.counts().minus(before).calls("set")).isEqualTo(7);
    }

    @Test
    void olderVersionFormsAClusterTooAndKeepsItsOptions() throws IOException {
        try (RedisCluster older =
                        RedisCluster.start(1, node -> node.embedded().option("cluster-require-full-coverage", "yes"));
                Resp redis = older.masters().get(0).connect()) {
            assertThat(older.servers())
                    .hasSize(2)
                    .allMatch(server -> server.version().startsWith("6.2."));
            assertThat(redis.list("CONFIG", "GET", "cluster-require-full-coverage")
                            .get(1))
                    .isEqualTo("yes");
        }
    }

    @Test
    void serverOfAnotherCluster_isRefused() throws IOException {
        try (RedisServer stranger = RedisServer.start()) {
            assertThatThrownBy(() -> cluster.replicaOf(stranger))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(Integer.toString(stranger.port()));
        }
    }

    @Test
    void linesOfNodesAreRead() {
        ClusterNode master = ClusterNode.of(
                "07c3 127.0.0.1:20001@30001,host myself,master - 0 0 3 connected" + " 5461-10922 3 [77->-292f]");
        assertThat(master.port()).isEqualTo(20_001);
        assertThat(master.slotCount()).isEqualTo(5_463);
        assertThat(Arrays.asList(master.has(3), master.has(77), master.has(10_922), master.is("master")))
                .containsExactly(true, false, true, true);
        ClusterNode lost = ClusterNode.of("292f :0@0 slave,noaddr 07c3 1 2 3 disconnected");
        assertThat(lost.master()).isEqualTo("07c3");
        assertThat(lost.slotCount()).isZero();
    }
}
