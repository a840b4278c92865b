// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.Jvm;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.lang.ProcessBuilder.Redirect;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** A JVM that holds all leases of a key keeps them while it lives, and loses them when it is killed. */
class KilledHolderTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Duration LIFE = Duration.ofSeconds(2);
    private static final int PLACES = 3;

    private static RedisStore open(RedisClient client, String uri, String namespace) {
        RedisStoreBuilder settings =
                RedisStore.builder(client, RedisURI.create(uri)).namespace(namespace);
        RedisStore store = new RedisStore(settings, Script.SERVER_CLOCK, LIFE);
        await().atMost(Duration.ofNanos(PATIENCE)).until(() -> store.heartbeat(PATIENCE) > 0);
        return store;
    }

    private static boolean takes(RedisStore store) {
        Charge charge = Charge.of(
                new ChargeItem(Action.TAKE, new LeaseLimit(PLACES, 0), "api", null, Key.of(Scope.USER, "fred"), 1));
        store.charge(charge, PATIENCE);
        assertThat(charge.outcome()).isIn(Outcome.ADMITTED, Outcome.REFUSED);
        return charge.outcome() == Outcome.ADMITTED;
    }

    @Test
    void leasesOfAJvmThatIsKilled_areFreeASecondAfterTheirLife() throws Exception {
        String namespace = TestRedis.newNamespace();
        List<String> words = List.of(TestRedis.SERVER.uri(), namespace);
        try (Jvm holder = Jvm.start(Holder.class, List.of("-Xmx64m"), words, Redirect.INHERIT);
                RedisStore other = open(TestRedis.CLIENT, TestRedis.SERVER.uri(), namespace)) {
            assertThat(holder.answer()).isEqualTo("held");
            await().during(LIFE.plusMillis(500))
                    .atMost(LIFE.multipliedBy(3))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> !takes(other));
            holder.kill();
            assertThat(holder.awaitEnd(Duration.ofSeconds(10))).isPresent();
            long killed = System.nanoTime();
            AtomicInteger taken = new AtomicInteger();
            await().atMost(LIFE.plusSeconds(1))
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> takes(other) && taken.incrementAndGet() == PLACES);
            System.out.printf(
                    "KilledHolderTest: all free after %d ms of a life of %d ms%n",
                    (System.nanoTime() - killed) / 1_000_000, LIFE.toMillis());
            assertThat(takes(other)).as("one more than there are").isFalse();
        }
    }

    /** Takes all there are, and lives on for a minute. */
    static final class Holder {

        private Holder() {}

        public static void main(String[] args) {
            try (RedisStore store = open(RedisClient.create(), args[0], args[1])) {
                for (int i = 0; i < PLACES; i++) {
                    if (!takes(store)) {
                        throw new IllegalStateException("place " + i + " was not free");
                    }
                }
                System.out.println("held");
                for (int i = 0; i < 600; i++) {
                    store.heartbeat(PATIENCE);
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            }
            System.exit(0); // the client has threads that are no daemons
        }
    }
}
