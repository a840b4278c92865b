// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redis.RedisKeys;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One server of a cluster takes and is frozen, another one refuses the same request: what becomes of what was taken. */
@Tag("heavy")
class LostRefundTest {

    private static final String NAMESPACE = "refunds";
    private static final int OWN = 100;
    private static final int ALL = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration PAUSE = Duration.ofMillis(500);

    /** A refund is tried for 30 s. */
    private static final Duration LIFE = Duration.ofSeconds(60);

    private final LogCapture log = new LogCapture();
    private final RedisKeys keys = RedisKeys.of(NAMESPACE, null);
    private RedisCluster cluster;
    private RateLimiter limiter;

    /** Who has the bucket of everyone, and who has the victim's. */
    private RedisServer refuser;

    private RedisServer taker;
    private RedisServer replica;
    private final List<String> atRefuser = new ArrayList<>();
    private final List<String> atTaker = new ArrayList<>();

    @BeforeEach
    void start() throws IOException {
        cluster = RedisCluster.start(3);
        String seed = cluster.seeds().get(0).substring("redis://".length());
        String text = """
                store:
                  type: redis
                  namespace: %s
                  redis: {uri: "redis-cluster://%s", deadline: 1s, instances: 1}
                rules:
                  - {name: own, path: /**, per: user, rate: %d/day, on-failure: closed}
                  - {name: all, path: /all, per: everyone, rate: %d/day, on-failure: closed}
                """.formatted(NAMESPACE, seed, OWN, ALL);
        limiter = RateLimiter.builder(Configuration.parse("test.yaml", text))
                .resolver(request -> Identity.of(null, request.header("User")))
                .build();
        refuser = serverOf(new ItemKey(ItemKind.BUCKET, "all", null, Key.EVERYONE));
        for (int i = 0; atRefuser.size() < 3 || atTaker.size() < 3; i++) {
            RedisServer server = serverOf(bucketOf("user" + i));
            taker = taker == null && server != refuser ? server : taker;
            if (server == refuser) {
                atRefuser.add("user" + i);
            } else if (server == taker) {
                atTaker.add("user" + i);
            }
        }
        await().atMost(PATIENCE).until(() -> isReached(atRefuser.get(0)) && isReached(atTaker.get(0)));
        for (int i = 0; i < ALL; i++) {
            assertThat(ask(atRefuser.get(0), "/all").isAdmitted()).isTrue();
        }
    }

    @AfterEach
    void end() {
        limiter.close();
        cluster.close();
        log.close();
    }

    private static ItemKey bucketOf(String user) {
        return new ItemKey(ItemKind.BUCKET, "own", null, Key.of(Scope.USER, user));
    }

    private RedisServer serverOf(ItemKey key) throws IOException {
        return cluster.masterOf(cluster.slotOf(new String(keys.of(key), StandardCharsets.US_ASCII)))
                .orElseThrow();
    }

    private Decision ask(String user, String path) {
        Decision decision = limiter.decide(FakeRequest.get(path).header("User", user));
        limiter.complete(decision, 200);
        return decision;
    }

    private Decision look(String user) {
        return limiter.peek(Identity.of(null, user), "GET", "/own");
    }

    private boolean isReached(String user) {
        return !look(user).isDegraded();
    }

    private long left(String user) {
        Decision decision = look(user);
        assertThat(decision.isDegraded()).isFalse();
        return decision.tightest().orElseThrow().remaining();
    }

    private static String admin(RedisServer server, String... words) throws IOException {
        try (Resp redis = server.connect()) {
            return String.valueOf(redis.command(words));
        }
    }

    private List<String> complaints() {
        return log.lines().stream()
                .filter(line -> line.contains("Lost refunds"))
                .toList();
    }

    /** While everyone's server is held, the victim's takes and is frozen; so the refusal finds nobody who could give back. */
    private Decision refuseBehindTheBackOfTheTaker(String victim) throws Exception {
        replica = cluster.replicaOf(taker).orElseThrow();
        admin(refuser, "CLIENT", "PAUSE", "20000", "WRITE");
        CompletableFuture<Decision> asked = CompletableFuture.supplyAsync(() -> ask(victim, "/all"));
        await().pollInterval(Duration.ofMillis(2))
                .until(() -> admin(taker, "KEYS", "*refund:*").contains("refund:"));
        replica.freeze(); // so nobody takes over
        taker.freeze();
        admin(refuser, "CLIENT", "UNPAUSE");
        return asked.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private void thaw() throws IOException {
        taker.thaw();
        replica.thaw();
        cluster.awaitWhole();
    }

    @Test
    void refundThatIsLost_costsOnlyTheCaller_andIsCounted() throws Exception {
        atTaker.forEach(user -> assertThat(ask(user, "/own").isAdmitted()).isTrue());
        String victim = atTaker.get(0);
        assertThat(refuseBehindTheBackOfTheTaker(victim).isAdmitted()).isFalse();
        assertThat(limiter.lostRefunds()).as("not yet").isZero();

        int others = 0;
        long give = System.nanoTime();
        while (limiter.lostRefunds() == 0) {
            assertThat(System.nanoTime() - give).isLessThan(LIFE.toNanos());
            Decision other = ask(atRefuser.get(1), "/own");
            others += other.isAdmitted() && !other.isDegraded() ? 1 : 0;
            await().pollDelay(PAUSE).until(() -> true);
        }
        assertThat(others).as("requests of another caller meanwhile, by Redis").isGreaterThan(10);
        assertThat(limiter.lostRefunds()).isEqualTo(1);
        assertThat(complaints()).singleElement().asString().contains("Lost refunds: 1, since the start 1.");

        thaw();
        await().atMost(PATIENCE).until(() -> isReached(victim));
        assertThat(left(victim)).as("one for what was admitted, one lost").isEqualTo(OWN - 2);
        assertThat(atTaker.subList(1, 3)).as("others of the same server").allMatch(user -> left(user) == OWN - 1);
        assertThat(left(atRefuser.get(0))).as("of the server that refuses").isEqualTo(OWN - ALL);
        assertThat(left(atRefuser.get(1))).isEqualTo(OWN - others);
        assertThat(left(atRefuser.get(2))).isEqualTo(OWN);
        assertThat(limiter.lostRefunds()).isEqualTo(1);
    }

    @Test
    void refundWhoseServerIsBackInTime_isGivenBack() throws Exception {
        String victim = atTaker.get(0);
        assertThat(refuseBehindTheBackOfTheTaker(victim).isAdmitted()).isFalse();
        thaw();
        await().atMost(PATIENCE).until(() -> isReached(victim) && left(victim) == OWN);
        assertThat(limiter.lostRefunds()).isZero();
        assertThat(complaints()).isEmpty();
    }

    /** Whoever redeploys while a server is away hears of it too. */
    @Test
    void refundThatWaitsWhenTheLimiterIsClosed_isCounted() throws Exception {
        assertThat(refuseBehindTheBackOfTheTaker(atTaker.get(0)).isAdmitted()).isFalse();
        assertThat(limiter.lostRefunds()).isZero();
        limiter.close();
        assertThat(limiter.lostRefunds()).isEqualTo(1);
        assertThat(complaints()).hasSize(1);
        thaw();
    }
}
