// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Leases by the time of Redis, with a life of a second. */
class LeaseLifeTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Duration LIFE = Duration.ofSeconds(1);
    private static final Key FRED = Key.of(Scope.USER, "fred");
    private static final LeaseLimit ONE = new LeaseLimit(1, 0);

    private final String namespace = TestRedis.newNamespace();

    private RedisStore open() {
        RedisStoreBuilder settings =
                RedisStore.builder(TestRedis.CLIENT, TestRedis.URI).namespace(namespace);
        return new RedisStore(settings, Script.SERVER_CLOCK, LIFE);
    }

    private static ChargeItem lease() {
        return new ChargeItem(Action.TAKE, ONE, "api", null, FRED, 1);
    }

    private static Outcome charge(RedisStore store, ChargeItem item) {
        Charge charge = Charge.of(item);
        store.charge(charge, PATIENCE);
        return charge.outcome();
    }

    /** Whoever is killed sends no more heartbeats. */
    @Test
    void leaseOfWhoIsHeardOfNoMore_endsWithItsLife() {
        try (RedisStore killed = open();
                RedisStore other = open()) {
            assertThat(charge(killed, lease())).isEqualTo(Outcome.ADMITTED);
            assertThat(charge(other, lease())).isEqualTo(Outcome.REFUSED);
            await().between(LIFE.minusMillis(300), LIFE.plusSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> charge(other, lease()) == Outcome.ADMITTED);
        }
    }

    @Test
    void leaseOfWhoLives_isRenewedUntilItIsGivenBack() {
        try (RedisStore holder = open();
                RedisStore other = open()) {
            ChargeItem held = lease();
            assertThat(charge(holder, held)).isEqualTo(Outcome.ADMITTED);
            await().during(LIFE.multipliedBy(3))
                    .atMost(LIFE.multipliedBy(5))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> holder.heartbeat(PATIENCE) > 0 && charge(other, lease()) == Outcome.REFUSED);
            held.lease().release();
            await().atMost(Duration.ofSeconds(1)).until(() -> charge(other, lease()) == Outcome.ADMITTED);
        }
    }

    /** Newer numbers replace the mark of older ones, which may be all that the set holds. */
    @Test
    void aSetWithoutLeases_keepsItsLifeWhenTheNumbersChange() throws IOException {
        try (RedisStore store = open();
                Resp redis = TestRedis.SERVER.connect()) {
            ChargeItem held = lease();
            assertThat(charge(store, held)).isEqualTo(Outcome.ADMITTED);
            String set = new String(store.keys().of(held), StandardCharsets.US_ASCII);
            held.lease().release();
            await().until(() -> redis.number("ZCARD", set) == 1);
            charge(store, new ChargeItem(Action.LOOK, new LeaseLimit(1, 1), "api", null, FRED, 1));
            assertThat(redis.number("PTTL", set)).isPositive();
        }
    }

    /** It was given back while there was no connection, and taken anew before that could be sent. */
    @Test
    void aReleaseThatWaits_doesNotEndWhatIsTakenAnew() throws IOException {
        try (RedisStore store = open();
                Resp redis = TestRedis.SERVER.connect()) {
            ChargeItem first = ChargeItem.namedLease(Action.TAKE, ONE, "services", null, FRED, "service");
            assertThat(charge(store, first)).isEqualTo(Outcome.ADMITTED);
            String set = new String(store.keys().of(first), StandardCharsets.US_ASCII);
            store.link().drop();
            first.lease().release();
            assertThat(store.link().connect(PATIENCE)).isTrue();
            ChargeItem again = first.as(Action.TAKE);
            assertThat(charge(store, again)).isEqualTo(Outcome.ADMITTED);
            assertThat(store.heartbeat(PATIENCE)).isPositive();
            charge(store, new ChargeItem(Action.LOOK, ONE, "api", null, FRED, 1)); // behind all that went before
            assertThat(redis.command("ZSCORE", set, "lservice")).isNotNull();
            again.lease().release();
            await().until(() -> redis.command("ZSCORE", set, "lservice") == null);
        }
    }

    /** The second release must not give back what another has taken by then. */
    @Test
    void leaseGivenBackTwice_freesOnePlace() {
        try (RedisStore store = open()) {
            ChargeItem first = lease();
            assertThat(charge(store, first)).isEqualTo(Outcome.ADMITTED);
            Lease lease = first.lease();
            lease.release();
            assertThat(charge(store, lease())).isEqualTo(Outcome.ADMITTED);
            lease.release();
            assertThat(charge(store, lease())).isEqualTo(Outcome.REFUSED);
        }
    }

    @Test
    void leaseThatEndedInAnOutage_isNotTakenBackFromWhoHasItNow() {
        try (RedisStore first = open();
                RedisStore second = open()) {
            ChargeItem held = lease();
            assertThat(charge(first, held)).isEqualTo(Outcome.ADMITTED);
            ChargeItem taken = lease();
            await().atMost(LIFE.plusSeconds(1)).until(() -> charge(second, taken) == Outcome.ADMITTED);
            assertThat(first.heartbeat(PATIENCE)).isPositive();
            held.lease().release();
            assertThat(second.heartbeat(PATIENCE)).isPositive();
            assertThat(charge(first, lease())).isEqualTo(Outcome.REFUSED);
        }
    }

    private static ChargeItem service() {
        return ChargeItem.namedLease(Action.TAKE, ONE, "api", null, FRED, "service");
    }

    /** Or the second handle of the first JVM would keep alive what another has taken since, and which dies. */
    @Test
    void namedLeaseThatWasTakenTwice_isOne_andIsNotRenewedAfterItsRelease() {
        try (RedisStore first = open();
                RedisStore second = open()) {
            for (boolean byName : new boolean[] {false, true}) {
                ChargeItem once = service();
                ChargeItem again = service();
                assertThat(charge(first, once)).isEqualTo(Outcome.ADMITTED);
                assertThat(charge(first, again)).isEqualTo(Outcome.ADMITTED);
                assertThat(again.lease()).isSameAs(once.lease());
                if (byName) {
                    first.release(once.plain(), "service");
                } else {
                    again.lease().release();
                }
                await().atMost(Duration.ofSeconds(1)).until(() -> charge(second, service()) == Outcome.ADMITTED);
                ChargeItem next = lease();
                await().atMost(LIFE.plusSeconds(1))
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> first.heartbeat(PATIENCE) > 0 && charge(first, next) == Outcome.ADMITTED);
                next.lease().release();
            }
        }
    }

    @Test
    void namedLease_isReleasedByAnyInstance() {
        try (RedisStore first = open();
                RedisStore second = open()) {
            ChargeItem held = ChargeItem.namedLease(Action.TAKE, ONE, "api", null, FRED, "service");
            assertThat(charge(first, held)).isEqualTo(Outcome.ADMITTED);
            assertThat(charge(second, held.as(Action.TAKE))).as("again").isEqualTo(Outcome.ADMITTED);
            assertThat(charge(second, lease())).isEqualTo(Outcome.REFUSED);
            second.release(held.plain(), "service");
            await().atMost(Duration.ofSeconds(1)).until(() -> charge(first, lease()) == Outcome.ADMITTED);
        }
    }

    @Test
    void instances_areCountedAndLeaveWhenClosed() {
        try (RedisStore first = open()) {
            assertThat(first.heartbeat(PATIENCE)).isEqualTo(1);
            try (RedisStore second = open()) {
                assertThat(second.heartbeat(PATIENCE)).isEqualTo(2);
                assertThat(first.heartbeat(PATIENCE)).isEqualTo(2);
            }
            await().atMost(Duration.ofSeconds(5)).until(() -> first.heartbeat(PATIENCE) == 1);
        }
    }
}
