// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.testkit.FakeRequest;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Redis itself counts. On a server of its own, because there is one count for all. */
class CommandsTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final int CHARGES = 50;
    private static final int CAPACITY = 20;
    private static final int CALLERS = 100;
    private static final int REFUSALS = 100_000;
    private static final List<String> WRITES = List.of(
            "set", "setex", "psetex", "setrange", "expire", "pexpire", "rpush", "lpush", "lset", "zadd", "zrem", "del");

    private static RedisServer server;
    private static Resp redis;

    @BeforeAll
    static void start() throws IOException {
        server = RedisServer.start();
        redis = server.connect();
    }

    @AfterAll
    static void stop() throws IOException {
        redis.close();
        server.close();
    }

    private static Charge charge(int buckets, boolean rolling, boolean lease, int caller) {
        Charge charge = new Charge(buckets + 2);
        Key key = Key.of(Scope.USER, "user" + caller);
        List<Rate> rates = List.of(new Rate(CAPACITY, Duration.ofMinutes(1).toNanos(), CAPACITY));
        for (int i = 0; i < buckets; i++) {
            charge.add(new ChargeItem(Action.TAKE, new BucketLimit(rates, 0), "rule" + i, null, key, 1));
        }
        if (rolling) {
            charge.add(new ChargeItem(Action.TAKE, new RollingLimit(rates, 0), "rolling", null, key, 1));
        }
        if (lease) {
            charge.add(new ChargeItem(Action.TAKE, new LeaseLimit(CAPACITY, 0), "lease", null, key, 1));
        }
        return charge;
    }

    @ParameterizedTest
    @CsvSource({
        "1, false, false", "2, false, false", "3, false, false", "4, false, false",
        "1, true, false", "2, true, false", "3, true, false", "4, true, false",
        "1, false, true", "2, false, true", "3, false, true", "4, false, true",
        "1, true, true", "2, true, true", "3, true, true", "4, true, true",
        "0, true, false", "0, false, true", "0, true, true"
    })
    void oneCommand_decidesWhateverIsAsked(int buckets, boolean rolling, boolean lease) throws IOException {
        redis.text("FLUSHALL");
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            redis.text("SCRIPT", "FLUSH");
            CommandCounts before = CommandCounts.of(redis);
            for (int i = 0; i < CHARGES; i++) {
                Charge charge = charge(buckets, rolling, lease, i % 10);
                store.charge(charge, PATIENCE);
                assertThat(charge.outcome()).isEqualTo(Outcome.ADMITTED);
            }
            CommandCounts made = CommandCounts.of(redis).minus(before);
            assertThat(made.calls("evalsha"))
                    .as("cold: the first one is refused")
                    .isEqualTo(CHARGES);
            assertThat(made.calls("eval")).isEqualTo(1);
            assertThat(everyKeyEnds()).isPositive();
        }
    }

    /** The way that most charges go; what leads past it is right too, but costs twice as much. */
    @ParameterizedTest
    @CsvSource({"1, 1, 0", "3, 0, 1"})
    void bucketsThatAreThere_areReadAtOnceAndChangedInPlace(int buckets, int gets, int manyGets) throws IOException {
        redis.text("FLUSHALL");
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            store.charge(charge(buckets, false, false, 0), PATIENCE);
            CommandCounts before = CommandCounts.of(redis);
            store.charge(charge(buckets, false, false, 0), PATIENCE);
            CommandCounts made = CommandCounts.of(redis).minus(before);
            assertThat(made.calls("time")).isEqualTo(1);
            assertThat(made.calls("get")).isEqualTo(gets);
            assertThat(made.calls("mget")).isEqualTo(manyGets);
            assertThat(made.calls("setrange")).isEqualTo(buckets);
            assertThat(made.calls("expire")).isEqualTo(buckets);
            assertThat(made.calls("setex")).isZero();
        }
    }

    /** One that ended sooner would give its caller a full bucket too soon. */
    @Test
    void keyOfABucket_outlivesItsBeingWholeByTenSeconds() throws IOException {
        redis.text("FLUSHALL");
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            for (int i = 0; i < CAPACITY; i++) {
                ChargeItem item = charge(1, false, false, 0).item(0);
                store.charge(Charge.of(item), PATIENCE);
                String key = new String(store.keys().of(item), StandardCharsets.US_ASCII);
                assertThat(Duration.ofMillis(redis.number("PTTL", key)))
                        .isGreaterThan(Duration.ofNanos(item.resetNanos(0)))
                        .isLessThanOrEqualTo(
                                Duration.ofNanos(item.resetNanos(0)).plusSeconds(11));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false, false", "3, false, false", "1, true, true"})
    void refusedCharge_writesNothing(int buckets, boolean rolling, boolean lease) throws IOException {
        redis.text("FLUSHALL");
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            for (int i = 0; i < CAPACITY; i++) {
                store.charge(charge(buckets, rolling, lease, 0), PATIENCE);
            }
            CommandCounts before = CommandCounts.of(redis);
            Charge refused = charge(buckets, rolling, lease, 0);
            store.charge(refused, PATIENCE);
            CommandCounts made = CommandCounts.of(redis).minus(before);
            assertThat(refused.outcome()).isEqualTo(Outcome.REFUSED);
            for (String write : WRITES) {
                assertThat(made.calls(write)).as(write).isZero();
            }
        }
    }

    /** What a flood of one hundred callers who are over their limits costs Redis, through all that stands in front of it. */
    @Test
    void hundredThousandRefusals_costRedisLessThanOneCommandInAHundred() throws IOException {
        redis.text("FLUSHALL");
        String file = "store: {type: redis, redis: {uri: \"" + server.uri() + "\", deadline: 1s, instances: 1}}\n"
                + "rules: [{name: api, path: /**, per: user, rate: " + CAPACITY + "/day}]";
        try (RateLimiter limiter = RateLimiter.builder(Configuration.parse("refusals.yaml", file))
                .resolver(request -> Identity.of(null, request.header("User")))
                .build()) {
            await().until(() -> !ask(limiter, "nobody").isDegraded());
            for (int i = 0; i < CALLERS * CAPACITY; i++) {
                assertThat(ask(limiter, "user" + i % CALLERS).isAdmitted()).isTrue();
            }
            CommandCounts before = CommandCounts.of(redis);
            for (int i = 0; i < REFUSALS; i++) {
                Decision decision = ask(limiter, "user" + i % CALLERS);
                assertThat(decision.isAdmitted()).isFalse();
                assertThat(decision.isDegraded()).isFalse();
            }
            CommandCounts made = CommandCounts.of(redis).minus(before);
            long commands = made.calls("evalsha") + made.calls("eval");
            System.out.printf("CommandsTest: %d commands for %d refusals%n", commands, REFUSALS);
            assertThat(commands).as("heartbeats too").isBetween((long) CALLERS, REFUSALS / 100 - 1L);
            assertThat(limiter.degradedDecisions()).isZero();
        }
    }

    private static Decision ask(RateLimiter limiter, String user) {
        Decision decision = limiter.decide(FakeRequest.get("/").header("User", user));
        limiter.complete(decision, 200);
        return decision;
    }

    /** Asked a second time, Redis would find nothing to remove, but it would be asked. */
    @Test
    void leaseGivenBackTwice_isSentOnce() throws IOException {
        try (RedisStore store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .build()) {
            assertThat(store.heartbeat(PATIENCE)).as("connected").isPositive();
            Charge charge = charge(0, false, true, 0);
            store.charge(charge, PATIENCE);
            CommandCounts before = CommandCounts.of(redis);
            charge.item(0).lease().release();
            charge.item(0).lease().release();
            store.charge(charge(1, false, false, 0), PATIENCE); // on the same connection, so it is answered later
            assertThat(CommandCounts.of(redis).minus(before).calls("zrem")).isEqualTo(1);
        }
    }

    /** {@return how many keys there are} */
    private static int everyKeyEnds() throws IOException {
        List<?> keys = redis.list("KEYS", "*");
        for (Object key : keys) {
            assertThat(redis.number("PTTL", text(key))).as("life of %s", key).isPositive();
        }
        return keys.size();
    }

    private static String text(Object key) {
        return key instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : key.toString();
    }
}
