// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.Decision.Status;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redis.RedisKeys;
import dev.weir.redisrig.RedisCluster;
import dev.weir.redisrig.RedisServer;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.testkit.FakeRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every request meets a rule of its user's, on one server of a cluster, and one of everyone's, on another. The server of one user
 * is frozen: his rule goes by its policy, everyone's is counted as ever, and so is all of the other user.
 */
@Tag("heavy")
class ClusterPolicyTest {

    private static final String NAMESPACE = "policies";
    private static final List<String> POLICIES = List.of("local", "open", "closed");
    private static final int OWN = 100;
    private static final int ALL = 1_000; // one more comes in a minute and a half
    private static final int THREADS = 8;
    private static final int ROUNDS = 40;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final RedisKeys keys = RedisKeys.of(NAMESPACE, null);
    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private RedisCluster cluster;
    private RateLimiter limiter;

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
                  - {name: local, path: /local, per: user, rate: %d/day, on-failure: local}
                  - {name: open, path: /open, per: user, rate: %d/day, on-failure: open}
                  - {name: closed, path: /closed, per: user, rate: %d/day, on-failure: closed}
                  - {name: all, path: /**, per: everyone, rate: %d/day, on-failure: closed}
                """.formatted(NAMESPACE, seed, OWN, OWN, OWN, ALL);
        limiter = RateLimiter.builder(Configuration.parse("test.yaml", text))
                .resolver(request -> Identity.of(null, request.header("User")))
                .build();
    }

    @AfterEach
    void end() {
        limiter.close();
        cluster.close();
    }

    private RedisServer serverOf(String rule, Key key) throws IOException {
        byte[] name = keys.of(new ItemKey(ItemKind.BUCKET, rule, null, key));
        return cluster.masterOf(cluster.slotOf(new String(name, StandardCharsets.US_ASCII)))
                .orElseThrow();
    }

    /** One whose rules live on a server that is none of some. */
    private String userBeside(RedisServer... others) throws IOException {
        String user = "user0";
        for (int i = 1; List.of(others).contains(serverOf("local", Key.of(Scope.USER, user))); i++) {
            user = "user" + i;
        }
        return user;
    }

    private long leftForEveryone(String user) {
        Decision decision = limiter.peek(Identity.of(null, user), "GET", "/other");
        assertThat(decision.rates()).as("%s", decision).hasSize(1);
        return decision.rates().get(0).remaining();
    }

    private void ask(String user, String policy) {
        Decision decision = limiter.decide(FakeRequest.get("/" + policy).header("User", user));
        limiter.complete(decision, 200);
        String how = decision.isDegraded() ? "alone" : "shared";
        counts.merge(user + " " + policy + " " + how + " " + decision.status(), 1, Integer::sum);
    }

    private int count(String user, String policy, String how, Status status) {
        return counts.getOrDefault(user + " " + policy + " " + how + " " + status, 0);
    }

    private void load(String... users) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            Thread thread = new Thread(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    for (String user : users) {
                        POLICIES.forEach(policy -> ask(user, policy));
                    }
                }
            });
            thread.start();
            threads.add(thread);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void eachRule_goesByItsOwnServer() throws Exception {
        RedisServer everyones = serverOf("all", Key.EVERYONE);
        String lost = userBeside(everyones);
        RedisServer frozen = serverOf("local", Key.of(Scope.USER, lost));
        String well = userBeside(everyones, frozen);
        await().atMost(PATIENCE)
                .until(() ->
                        !limiter.peek(Identity.of(null, lost), "GET", "/local").isDegraded()
                                && !limiter.peek(Identity.of(null, well), "GET", "/local")
                                        .isDegraded());
        RedisServer replica = cluster.replicaOf(frozen).orElseThrow();
        frozen.freeze();
        replica.freeze(); // so nobody takes over
        load(lost, well);

        int asked = THREADS * ROUNDS;
        for (String policy : POLICIES) {
            assertThat(count(well, policy, "shared", Status.ADMITTED))
                    .as("%s", counts)
                    .isEqualTo(OWN);
            assertThat(count(well, policy, "shared", Status.REFUSED))
                    .as("%s", counts)
                    .isEqualTo(asked - OWN);
        }
        assertThat(count(lost, "local", "alone", Status.ADMITTED))
                .as("%s", counts)
                .isEqualTo(OWN);
        assertThat(count(lost, "local", "alone", Status.REFUSED)).isEqualTo(asked - OWN);
        assertThat(count(lost, "open", "alone", Status.ADMITTED)).isEqualTo(asked);
        assertThat(count(lost, "closed", "alone", Status.UNAVAILABLE)).isEqualTo(asked);
        int admitted = counts.entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(" ADMITTED"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(leftForEveryone(well))
                        .as("of everyone's, which has what was refused elsewhere back")
                        .isBetween((long) ALL - admitted, ALL - admitted + 1L));
        assertThat(limiter.lostRefunds()).isZero();
        frozen.thaw();
        replica.thaw();
    }
}
