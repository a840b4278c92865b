// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** Charges that travel together: each is decided, and leaves in Redis, what it would have alone. */
class BatchTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final long MINUTE = Duration.ofMinutes(1).toNanos();
    private static final int ROUNDS = 60;
    /** Few meet in one batch again and again, many hardly ever, and both ways of batch.lua are gone. */
    private static final int FEW = 3;

    private static final int MANY = 200;
    private static final List<Action> ACTIONS =
            List.of(Action.TAKE, Action.TAKE, Action.TAKE, Action.LOOK, Action.WATCH, Action.GLANCE, Action.SETTLE);

    private final ItemCodec codec = new ItemCodec(30_000);
    private long millis = 1_763_800_000_000L;

    @Test
    void aBatch_doesWhatItsChargesDoOneByOne() {
        long seed = Long.getLong("weir.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("BatchTest: seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        RedisKeys apart = RedisKeys.of(TestRedis.newNamespace(), "same");
        RedisKeys joined = RedisKeys.of(TestRedis.newNamespace(), "same");
        int failed = 0;
        int decided = 0;
        try (StatefulRedisConnection<byte[], byte[]> redis =
                TestRedis.CLIENT.connect(ByteArrayCodec.INSTANCE, TestRedis.URI)) {
            for (RedisKeys keys : List.of(apart, joined)) {
                plantForeignValues(redis.sync(), keys);
            }
            for (int round = 0; round < ROUNDS; round++) {
                millis += random.nextInt(3) * random.nextLong(20_000);
                ChargeScripts scripts = ChargeScripts.load("local now = " + millis + "\n");
                List<Charge> charges = charges(random);
                List<String> one = new ArrayList<>();
                for (Charge charge : charges) {
                    Lane lane = new Lane(redis, scripts, Redirects.NONE, 0);
                    one.add(outcome(lane, List.of(asked(charge, apart))).get(0));
                }
                List<String> together = outcome(
                        new Lane(redis, scripts, Redirects.NONE, 0),
                        charges.stream().map(charge -> asked(charge, joined)).toList());
                assertThat(together).as("round %d of seed %d", round, seed).isEqualTo(one);
                int alone = (int)
                        one.stream().filter(text -> text.startsWith("failed")).count();
                failed += alone;
                decided += one.size() - alone;
                assertSameValues(redis.sync(), charges, apart, joined, "round " + round + " of seed " + seed);
            }
        }
        assertThat(failed).as("charges that met a foreign value").isPositive();
        assertThat(decided).as("charges that were decided").isGreaterThan(5 * failed);
    }

    /** Redis without memory takes no entry of the log; by the time the batch is written, another charge has lifted that. */
    @Test
    void aChargeThatIsStoppedHalfWay_takesNothingInABatch() throws IOException {
        Key fred = Key.of(Scope.USER, "fred");
        Limit log = new RollingLimit(List.of(new Rate(12, MINUTE, 12)), 0);
        RedisKeys keys = RedisKeys.of(TestRedis.newNamespace(), "same");
        try (RedisServer server = RedisServer.start();
                Resp admin = server.connect();
                RedisClient client = RedisClient.create(RedisURI.create(server.uri()));
                StatefulRedisConnection<byte[], byte[]> redis = client.connect(ByteArrayCodec.INSTANCE)) {
            Charge leases = Charge.of(ChargeItem.namedLease(
                    Action.TAKE, new LeaseLimit(3, 0), "lease", null, Key.of(Scope.USER, "bob"), "id"));
            Charge both = Charge.of(
                    bucket(Action.TAKE, "plain", 0, 1, 0), new ChargeItem(Action.TAKE, log, "rolling", null, fred, 1));
            Charge alone = Charge.of(bucket(Action.TAKE, "plain", 0, 1, 0));
            Lane lane = new Lane(redis, ChargeScripts.load(Script.SERVER_CLOCK), Redirects.NONE, 0);
            assertThat(outcome(lane, List.of(asked(leases, keys), asked(both, keys), asked(alone, keys))))
                    .noneMatch(text -> text.startsWith("failed"));
            admin.text("CONFIG", "SET", "maxmemory", "1");
            List<String> found = outcome(lane, List.of(asked(both, keys), asked(leases, keys), asked(alone, keys)));
            admin.text("CONFIG", "SET", "maxmemory", "0");
            assertThat(found.get(0)).isEqualTo("failed NOT_SENT");
            assertThat(found.subList(1, 3)).noneMatch(text -> text.startsWith("failed"));
            Charge look = Charge.of(bucket(Action.LOOK, "plain", 0, 1, 0));
            Asked looked = asked(look, keys);
            lane.send(looked);
            look.decide(Reply.read(look(looked), look));
            assertThat(look.item(0).available(0)).as("of 20").isEqualTo(17);
        }
    }

    private static long[] look(Asked asked) {
        try {
            return asked.await(PATIENCE);
        } catch (Unanswered e) {
            throw new AssertionError(e);
        }
    }

    /** A list where a bucket should be, and a text that is none. */
    private static void plantForeignValues(RedisCommands<byte[], byte[]> redis, RedisKeys keys) {
        redis.rpush(keys.of(bucket(Action.TAKE, "wrong", 0, 1, 0)), "foreign".getBytes(StandardCharsets.UTF_8));
        redis.set(keys.of(bucket(Action.TAKE, "wrong", 1, 1, 0)), "foreign".getBytes(StandardCharsets.UTF_8));
    }

    private Asked asked(Charge charge, RedisKeys keys) {
        byte[][] names = new byte[charge.size()][];
        byte[][] ids = new byte[charge.size()][];
        for (int i = 0; i < names.length; i++) {
            ChargeItem item = charge.item(i);
            names[i] = keys.of(item);
            String id = item.leaseId();
            ids[i] = id == null ? null : id.getBytes(StandardCharsets.UTF_8);
        }
        return new Asked(names, codec.encode(charge, ids));
    }

    private static List<String> outcome(Lane lane, List<Asked> asked) {
        for (Asked one : asked) {
            assertThat(one.send()).isTrue();
        }
        lane.sendAgain(asked, false);
        List<String> found = new ArrayList<>();
        for (Asked one : asked) {
            try {
                found.add(Arrays.toString(one.await(PATIENCE)));
            } catch (Unanswered e) {
                found.add("failed " + e.outcome() + (e.isAlone() ? " alone" : ""));
            }
        }
        return found;
    }

    private static void assertSameValues(
            RedisCommands<byte[], byte[]> redis,
            List<Charge> charges,
            RedisKeys apart,
            RedisKeys joined,
            String where) {
        for (Charge charge : charges) {
            for (ChargeItem item : charge.items()) {
                byte[] one = apart.of(item);
                byte[] other = joined.of(item);
                assertThat(redis.dump(other)).as("%s in %s", item, where).isEqualTo(redis.dump(one));
                assertThat(Math.abs(redis.pttl(other) - redis.pttl(one)))
                        .as("life of %s in %s", item, where)
                        .isLessThan(5_000);
            }
        }
    }

    private List<Charge> charges(SplittableRandom random) {
        int count = 2 + random.nextInt(Lane.MOST_TOGETHER - 1);
        int callers = random.nextBoolean() ? FEW : MANY;
        List<Charge> charges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Charge charge = new Charge(4);
            int caller = random.nextInt(callers);
            for (String rule : List.of("plain", "double", "rolling", "lease", "wrong")) {
                if (random.nextInt(rule.equals("wrong") ? 8 : 2) == 0) {
                    charge.add(item(random, rule, caller));
                }
            }
            if (charge.size() > 0) {
                charges.add(charge);
            }
        }
        return charges;
    }

    private ChargeItem item(SplittableRandom random, String rule, int caller) {
        Action action = ACTIONS.get(random.nextInt(ACTIONS.size()));
        long cost = 1L + random.nextInt(random.nextInt(10) == 0 ? 30 : 4);
        // Time after time the numbers change; some come with those of a minute ago.
        long version = Math.max(0, (millis / 40_000) % 1_000 - random.nextInt(2));
        Key key = Key.of(Scope.USER, "user" + caller);
        return switch (rule) {
            case "rolling" ->
                new ChargeItem(
                        action, new RollingLimit(List.of(new Rate(12, MINUTE, 12)), version), rule, null, key, cost);
            case "lease" ->
                ChargeItem.namedLease(
                        random.nextBoolean() ? Action.TAKE : Action.LOOK,
                        new LeaseLimit(3, version),
                        rule,
                        null,
                        key,
                        "id" + random.nextInt(6));
            default -> bucket(action, rule, caller, cost, version);
        };
    }

    private static ChargeItem bucket(Action action, String rule, int caller, long cost, long version) {
        Rate minute = new Rate(20, MINUTE, 20 + version % 3);
        Limit limit = new BucketLimit(
                rule.equals("double") ? List.of(minute, new Rate(5, MINUTE / 60, 9)) : List.of(minute), version);
        assertThat(limit.kind()).isEqualTo(ItemKind.BUCKET);
        return new ChargeItem(action, limit, rule, null, Key.of(Scope.USER, "user" + caller), cost);
    }
}
