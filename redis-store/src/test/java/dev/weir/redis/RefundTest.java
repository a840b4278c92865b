// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.testkit.ManualClock;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a part of a charge has taken that was refused elsewhere comes back, once, and only if it was taken. */
class RefundTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final long SHORT = Duration.ofMillis(50).toNanos();
    private static final long DAY = Duration.ofDays(1).toNanos();
    private static final Rate DAILY = new Rate(20, DAY, 20);
    private static final Limit BUCKET = new BucketLimit(List.of(DAILY), 1);
    private static final Limit TWO_RATES = new BucketLimit(List.of(DAILY, new Rate(30, DAY, 40)), 1);
    private static final Limit LOG = new RollingLimit(List.of(DAILY), 1);
    private static final long SECOND = Duration.ofSeconds(1).toNanos();
    private static final Rate QUICK = new Rate(10, SECOND * 10, 10);
    private static final long ORIGIN_MILLIS = 1_763_800_000_000L;
    private static final int ROUNDS = 150;
    private static final LeaseLimit LEASES = new LeaseLimit(20, 1);

    private final ManualClock clock = new ManualClock();
    private final ItemCodec codec = new ItemCodec(30_000);
    private RedisStoreBuilder settings;
    private Client client;
    private Servers servers;
    private LeaseBook leases;
    private Refunds refunds;

    @BeforeEach
    void connect() {
        settings = TestRedis.builder();
        client = Client.beside(TestRedis.CLIENT, RedisURI.create(TestRedis.SERVER.uri()));
        servers = client.servers(ChargeScripts.load(Script.SERVER_CLOCK));
        servers.tend(PATIENCE, link -> {});
        leases = new LeaseBook(servers, Script.load("renew.lua", Script.SERVER_CLOCK), 30_000, clock);
        refunds = new Refunds(servers, Script.load("refund.lua", Script.SERVER_CLOCK), clock);
    }

    @AfterEach
    void end() {
        servers.close(PATIENCE);
        client.close(PATIENCE);
    }

    private static ChargeItem item(Action action, Limit limit, String rule, long cost) {
        return new ChargeItem(action, limit, rule, null, Key.of(Scope.USER, "fred"), cost);
    }

    private Part part(Charge charge) {
        byte[][] names = new byte[charge.size()][];
        byte[][] ids = new byte[charge.size()][];
        for (int i = 0; i < names.length; i++) {
            ChargeItem item = charge.item(i);
            names[i] = settings.keys().of(item);
            ids[i] = item.leaseId() != null
                    ? item.leaseId().getBytes(StandardCharsets.UTF_8)
                    : item.limit() instanceof LeaseLimit ? leases.newId() : null;
        }
        return new Part(0, charge, names, ids);
    }

    private byte[] mark(Part part, String name) {
        return settings.keys().beside(part.keys()[0], name);
    }

    private Part charge(Charge charge, String mark) {
        Part part = part(charge);
        part.send(servers, codec, mark == null ? null : mark(part, mark));
        part.read(PATIENCE);
        assertThat(part.failure()).isNull();
        return part;
    }

    private static Charge all(Action action, long cost) {
        return Charge.of(
                item(action, BUCKET, "bucket", cost),
                item(action, TWO_RATES, "two", cost),
                item(action, LOG, "log", cost),
                item(action == Action.TAKE ? action : Action.LOOK, LEASES, "lease", 1));
    }

    private List<Long> left() {
        Charge look = all(Action.LOOK, 1);
        charge(look, null);
        return look.items().stream().map(item -> item.available(0)).toList();
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.US_ASCII);
    }

    /** From here on Redis has the time that {@link #setTime} says. */
    private void stopTime() {
        String timed = "local now = tonumber(redis.call('GET', '" + clockKey() + "'))\n";
        servers.close(PATIENCE);
        servers = client.servers(ChargeScripts.load(timed));
        setTime(ORIGIN_MILLIS);
        servers.tend(PATIENCE, link -> {});
        refunds = new Refunds(servers, Script.load("refund.lua", timed), clock);
    }

    private String clockKey() {
        return settings.keys().namespace() + "-clock";
    }

    private void setTime(long millis) {
        try (Resp redis = TestRedis.SERVER.connect()) {
            redis.text("SET", clockKey(), Long.toString(millis));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void giveBack(Part part, String mark) {
        part.giveBack(refunds, codec, mark(part, mark));
        charge(all(Action.LOOK, 1), null); // behind it on the same connection
    }

    @Test
    void whatWasTaken_comesBackOnce() {
        charge(all(Action.TAKE, 3), null);
        Part second = charge(all(Action.TAKE, 5), "refund:1");
        assertThat(second.charge().outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(left()).containsExactly(12L, 12L, 12L, 18L);
        giveBack(second, "refund:1");
        assertThat(left()).containsExactly(17L, 17L, 17L, 19L);
        assertThat(second.charge().items())
                .extracting(item -> item.available(0))
                .as("what its answer shows")
                .containsExactly(17L, 17L, 17L, 19L);
        giveBack(second, "refund:1");
        assertThat(left()).as("asked twice").containsExactly(17L, 17L, 17L, 19L);
    }

    @Test
    void whatWasNotTaken_doesNotComeBack() {
        charge(all(Action.TAKE, 3), null);
        Part other = charge(all(Action.TAKE, 4), "refund:other");
        Part refused = charge(all(Action.TAKE, 18), "refund:refused");
        assertThat(refused.charge().outcome()).isEqualTo(Outcome.REFUSED);
        giveBack(refused, "refund:refused");
        Part neverSent = part(all(Action.TAKE, 2));
        giveBack(neverSent, "refund:never");
        assertThat(left()).containsExactly(13L, 13L, 13L, 18L);
        giveBack(other, "refund:other");
        assertThat(left()).containsExactly(17L, 17L, 17L, 19L);
    }

    @Test
    void aBucketThatIsWholeAgain_isNotMadeFuller() throws IOException {
        Part taken = charge(all(Action.TAKE, 5), "refund:1");
        try (Resp redis = TestRedis.SERVER.connect()) {
            redis.number("DEL", text(taken.keys()[0]), text(taken.keys()[1]));
        }
        charge(Charge.of(item(Action.TAKE, BUCKET, "bucket", 2)), null);
        giveBack(taken, "refund:1");
        assertThat(left()).containsExactly(20L, 20L, 20L, 20L);
    }

    /** Beside each bucket stands a twin from which that was never taken. */
    @Test
    void whoeverGetsBack_hasNeverMoreThanHadItNotBeenTaken() {
        long seed = Long.getLong("weir.seed", ThreadLocalRandom.current().nextLong());
        System.out.println("RefundTest: seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        stopTime();
        long now = ORIGIN_MILLIS;
        int capped = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Limit limit = random.nextBoolean()
                    ? new BucketLimit(List.of(QUICK), 1)
                    : new BucketLimit(List.of(QUICK, new Rate(7, SECOND * 5, 12)), 1);
            String rule = "r" + round;
            spend(limit, rule, random.nextInt(8));
            now += random.nextInt(4_000);
            setTime(now);
            Part taken = charge(Charge.of(item(Action.TAKE, limit, rule, 1 + random.nextInt(10))), "refund:" + round);
            boolean others = false;
            for (int step = random.nextInt(4); step > 0; step--) {
                now += random.nextInt(5_000);
                setTime(now);
                others |= spend(limit, rule, random.nextInt(6));
            }
            giveBack(taken, "refund:" + round);
            long left = left(limit, rule);
            long twin = left(limit, rule + "twin");
            String where = "round " + round + " of seed " + seed;
            assertThat(left).as(where).isLessThanOrEqualTo(twin);
            if (!others) {
                assertThat(left).as("alone, " + where).isEqualTo(twin);
            }
            spend(limit, rule, left); // what is left of a token is no more than the twin's either
            now += random.nextInt(1_000);
            setTime(now);
            assertThat(left(limit, rule)).as("later, " + where).isLessThanOrEqualTo(left(limit, rule + "twin"));
            capped += left
                            < taken.charge().item(0).available(0)
                                    + taken.charge().item(0).cost()
                    ? 1
                    : 0;
        }
        assertThat(capped).as("rounds in which time had given something").isPositive();
    }

    /** Takes from a bucket and from its twin, if both have it. */
    private boolean spend(Limit limit, String rule, long cost) {
        if (cost == 0 || left(limit, rule) < cost) {
            return false;
        }
        charge(Charge.of(item(Action.TAKE, limit, rule, cost)), null);
        charge(Charge.of(item(Action.TAKE, limit, rule + "twin", cost)), null);
        return true;
    }

    private long left(Limit limit, String rule) {
        Charge look = Charge.of(item(Action.LOOK, limit, rule, 1));
        charge(look, null);
        return look.item(0).available(0);
    }

    @Test
    void anIdOfTheCallers_staysHeld() {
        Charge named = Charge.of(
                item(Action.TAKE, BUCKET, "bucket", 1),
                ChargeItem.namedLease(Action.TAKE, LEASES, "lease", null, Key.of(Scope.USER, "fred"), "service"));
        Part taken = charge(named, "refund:1");
        giveBack(taken, "refund:1");
        assertThat(left()).containsExactly(20L, 20L, 20L, 19L);
    }

    @Test
    void whatCannotBeSent_isTriedAgain_andCountedWhenTheTimeIsUp() {
        Part taken = charge(all(Action.TAKE, 5), "refund:1");
        Link link = servers.all().get(0);
        link.drop();
        taken.giveBack(refunds, codec, mark(taken, "refund:1"));
        assertThat(refunds.lost()).isZero();
        servers.tend(PATIENCE, unused -> {});
        refunds.tend();
        assertThat(left()).as("by the next connection").containsExactly(20L, 20L, 20L, 20L);

        Part lost = charge(all(Action.TAKE, 5), "refund:2");
        link.drop();
        lost.giveBack(refunds, codec, mark(lost, "refund:2"));
        clock.advance(Refunds.LIFE);
        refunds.tend();
        await().untilAsserted(() -> assertThat(refunds.lost()).isEqualTo(1));
        servers.tend(PATIENCE, unused -> {});
        refunds.tend();
        assertThat(left()).as("it costs the caller").containsExactly(15L, 15L, 15L, 19L);
    }

    @Test
    void whatWaitsWhenTheStoreCloses_isCounted() {
        Part taken = charge(all(Action.TAKE, 5), "refund:1");
        servers.all().get(0).drop();
        taken.giveBack(refunds, codec, mark(taken, "refund:1"));
        refunds.finish(SHORT);
        assertThat(refunds.lost()).as("before the end").isZero();
        servers.close(PATIENCE);
        refunds.close();
        assertThat(refunds.lost()).isEqualTo(1);
        refunds.close();
        assertThat(refunds.lost()).as("closed twice").isEqualTo(1);
    }

    @Test
    void whatHasNoAnswerWhenTheStoreCloses_isCountedOnce() throws IOException {
        Part taken = charge(all(Action.TAKE, 5), "refund:1");
        try (Resp redis = TestRedis.SERVER.connect()) {
            redis.text("CLIENT", "PAUSE", "60000", "WRITE");
            taken.giveBack(refunds, codec, mark(taken, "refund:1"));
            refunds.finish(SHORT);
            servers.close(PATIENCE);
            refunds.close();
            redis.text("CLIENT", "UNPAUSE");
        }
        assertThat(refunds.lost()).isEqualTo(1);
    }

    /** Nobody waits for it before, so it is still under way. */
    @Test
    void whatIsAnsweredWhileTheStoreCloses_isNotCounted() {
        List<Part> taken = IntStream.range(0, 10)
                .mapToObj(i -> charge(all(Action.TAKE, 1), "refund:" + i))
                .toList();
        for (int i = 0; i < taken.size(); i++) {
            taken.get(i).giveBack(refunds, codec, mark(taken.get(i), "refund:" + i));
        }
        refunds.finish(PATIENCE);
        refunds.close();
        assertThat(refunds.lost()).isZero();
        assertThat(left()).containsExactly(20L, 20L, 20L, 20L);
    }

    @Test
    void whatWaits_isSentOnceMoreWhenTheStoreCloses() {
        Part taken = charge(all(Action.TAKE, 5), "refund:1");
        servers.all().get(0).drop();
        taken.giveBack(refunds, codec, mark(taken, "refund:1"));
        servers.tend(PATIENCE, unused -> {});
        refunds.finish(PATIENCE);
        assertThat(left()).containsExactly(20L, 20L, 20L, 20L);
        refunds.close();
        assertThat(refunds.lost()).isZero();
    }

    @Test
    void aMark_endsByItself() throws IOException {
        Part taken = charge(all(Action.TAKE, 5), "refund:1");
        try (Resp redis = TestRedis.SERVER.connect()) {
            assertThat(redis.number("PTTL", text(mark(taken, "refund:1"))))
                    .isPositive()
                    .isLessThanOrEqualTo(Refunds.LIFE.toMillis());
        }
    }
}
