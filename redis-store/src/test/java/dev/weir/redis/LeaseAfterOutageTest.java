// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Leases whose holder lives, and could not renew them in time: a store that sends no heartbeat for longer than their life. */
class LeaseAfterOutageTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Duration LIFE = Duration.ofMillis(600);
    private static final Key FRED = Key.of(Scope.USER, "fred");

    private final RedisStoreBuilder settings = TestRedis.builder();

    private RedisStore open() {
        return new RedisStore(settings, Script.SERVER_CLOCK, LIFE);
    }

    private static LeaseLimit places(long number, long version) {
        return new LeaseLimit(number, version);
    }

    private static ChargeItem request(Action action, LeaseLimit limit) {
        return new ChargeItem(action, limit, "api", null, FRED, 1);
    }

    private static ChargeItem service(String id) {
        return ChargeItem.namedLease(Action.TAKE, places(1, 0), "api", null, FRED, id);
    }

    private static Outcome charge(RedisStore store, ChargeItem item) {
        Charge charge = Charge.of(item);
        store.charge(charge, PATIENCE);
        return charge.outcome();
    }

    /** A look frees nothing, so it takes away no trace of what has ended. */
    private static boolean hasRoom(RedisStore store) {
        return charge(store, request(Action.LOOK, places(1, 0))) == Outcome.ADMITTED;
    }

    private static void waitUntilItEnds(RedisStore store) {
        await().atMost(LIFE.plusSeconds(2)).pollInterval(Duration.ofMillis(20)).until(() -> hasRoom(store));
    }

    private static void assertCountsAgain(RedisStore holder, RedisStore other, ChargeItem held) {
        assertThat(charge(holder, held)).isEqualTo(Outcome.ADMITTED);
        waitUntilItEnds(other);
        assertThat(holder.heartbeat(PATIENCE)).isPositive();
        assertThat(hasRoom(other)).isFalse();
        held.lease().release();
        await().atMost(Duration.ofSeconds(1)).until(() -> hasRoom(other));
        assertThat(holder.heartbeat(PATIENCE)).isPositive();
        assertThat(hasRoom(other)).as("was given back").isTrue();
    }

    @Test
    void serviceThatRuns_countsAgain() {
        try (RedisStore holder = open();
                RedisStore other = open()) {
            assertCountsAgain(holder, other, service("service"));
        }
    }

    @Test
    void requestInFlight_countsAgain() {
        try (RedisStore holder = open();
                RedisStore other = open()) {
            assertCountsAgain(holder, other, request(Action.TAKE, places(1, 0)));
        }
    }

    /** Both are there, so nobody else may be until one is more than gone. */
    @Test
    void leasesForWhichThereIsNoRoomAnyMore_countAgain() {
        try (RedisStore holder = open();
                RedisStore other = open()) {
            ChargeItem one = request(Action.TAKE, places(2, 0));
            ChargeItem two = request(Action.TAKE, places(2, 0));
            assertThat(charge(holder, one)).isEqualTo(Outcome.ADMITTED);
            assertThat(charge(holder, two)).isEqualTo(Outcome.ADMITTED);
            await().atMost(LIFE.plusSeconds(2))
                    .until(() -> charge(other, request(Action.LOOK, places(1, 1))) == Outcome.ADMITTED);
            assertThat(holder.heartbeat(PATIENCE)).isPositive();
            one.lease().release();
            assertThat(charge(other, request(Action.LOOK, places(1, 1)))).isEqualTo(Outcome.REFUSED);
            two.lease().release();
            await().atMost(Duration.ofSeconds(1))
                    .until(() -> charge(other, request(Action.LOOK, places(1, 1))) == Outcome.ADMITTED);
        }
    }

    /** Only its JVM was cut off, so another has started meanwhile; both run, and both count. */
    @Test
    void serviceWhosePlaceWasTakenMeanwhile_countsAgain() {
        try (RedisStore holder = open();
                RedisStore other = open()) {
            assertThat(charge(holder, service("one"))).isEqualTo(Outcome.ADMITTED);
            waitUntilItEnds(other);
            assertThat(charge(other, service("two"))).isEqualTo(Outcome.ADMITTED);
            assertThat(holder.heartbeat(PATIENCE)).isPositive();
            ChargeItem look = request(Action.LOOK, places(3, 1));
            assertThat(charge(other, look)).isEqualTo(Outcome.ADMITTED);
            assertThat(look.available(0)).isEqualTo(1);
        }
    }

    /** Whoever ended it could reach Redis while its holder could not. */
    @Test
    void serviceThatAnotherHasEnded_doesNotComeBack() {
        try (RedisStore holder = open();
                RedisStore other = open();
                StatefulRedisConnection<byte[], byte[]> redis =
                        TestRedis.CLIENT.connect(ByteArrayCodec.INSTANCE, TestRedis.URI)) {
            ChargeItem held = service("service");
            assertThat(charge(holder, held)).isEqualTo(Outcome.ADMITTED);
            waitUntilItEnds(other);
            other.release(held.plain(), "service");
            byte[] set = holder.keys().of(held);
            await().atMost(Duration.ofSeconds(2)).until(() -> redis.sync().zcard(set) == 1); // the set's own numbers
            assertThat(holder.heartbeat(PATIENCE)).isPositive();
            assertThat(hasRoom(other)).isTrue();
        }
    }

    @Test
    void setThatWasRemoved_doesNotComeBack() {
        try (RedisStore holder = open();
                RedisStore other = open()) {
            ChargeItem held = service("service");
            assertThat(charge(holder, held)).isEqualTo(Outcome.ADMITTED);
            waitUntilItEnds(other);
            other.remove(held.plain());
            assertThat(holder.heartbeat(PATIENCE)).isPositive();
            assertThat(hasRoom(other)).isTrue();
        }
    }

    @Test
    void setWithALeaseThatWasRenewed_outlivesAnOutageOfAnHour() {
        try (RedisStore holder = open();
                StatefulRedisConnection<byte[], byte[]> redis =
                        TestRedis.CLIENT.connect(ByteArrayCodec.INSTANCE, TestRedis.URI)) {
            ChargeItem held = service("service");
            assertThat(charge(holder, held)).isEqualTo(Outcome.ADMITTED);
            byte[] set = holder.keys().of(held);
            await().atMost(LIFE.plusSeconds(2))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> holder.heartbeat(PATIENCE) > 0
                            && redis.sync().pttl(set) > Duration.ofHours(1).toMillis());
        }
    }
}
