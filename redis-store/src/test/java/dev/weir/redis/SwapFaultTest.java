// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static dev.weir.redis.SwapTest.charge;
import static dev.weir.redis.SwapTest.item;
import static dev.weir.redis.SwapTest.left;
import static dev.weir.redis.SwapTest.limit;
import static dev.weir.redis.SwapTest.swaps;
import static dev.weir.redis.SwapTest.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Compare-and-swap where Redis is broken, or holds what it should not. */
class SwapFaultTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    @Test
    void somethingForeignUnderAKey_failsThatChargeAlone() throws IOException {
        BucketLimit limit = limit(0, 20);
        byte[] whole = new byte[200];
        whole[3] = 1;
        whole[7] = 1;
        whole[8] = 0x7f; // some two thousand million bandwidths
        try (CompareAndSwapStore store = swaps(TestRedis.builder());
                Resp redis = TestRedis.SERVER.connect()) {
            String key = text(store.keys().of(item(Action.TAKE, limit, 1)));
            for (String[] foreign : new String[][] {
                {"LPUSH", key, "odd"},
                {"SET", key, "garbage"},
                {"SET", key, "longer garbage".repeat(20)},
                {"SET", key, new String(whole, StandardCharsets.ISO_8859_1)},
                {"SET", key, ""}
            }) {
                redis.command("DEL", key);
                redis.command(foreign);
                Charge charge = charge(store, item(Action.TAKE, limit, 1));
                assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(charge.failedAlone()).as(foreign[0] + foreign[2]).isTrue();
                assertThat(charge.cause()).hasMessageContaining(key);
            }
            redis.command("DEL", key);
            assertThat(left(store, limit, 1)).isEqualTo(19);
        }
    }

    /** Whether a swap that is not answered was made nobody knows; a value that is not answered was only to be read. */
    @Test
    void silence_isPerhapsSentOnceASwapIsUnderWay() throws IOException {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.to(server.port());
                CompareAndSwapStore store = swaps(RedisStore.builder(TestRedis.CLIENT, RedisURI.create(proxy.uri())))) {
            BucketLimit limit = limit(0, 20);
            assertThat(left(store, limit, 1)).isEqualTo(19);
            long deadline = Duration.ofMillis(300).toNanos();
            server.freeze();
            Charge reading = Charge.of(item(Action.TAKE, limit, 1));
            long start = System.nanoTime();
            store.charge(reading, deadline);
            assertThat(System.nanoTime() - start).isBetween(deadline, PATIENCE);
            assertThat(reading.outcome()).isEqualTo(Outcome.NOT_SENT);
            assertThat(reading.failedAlone()).isFalse();
            server.thaw();
            assertThat(left(store, limit, 1))
                    .as("what was only to be read took nothing")
                    .isEqualTo(18);

            try (CompareAndSwapStore cut = new CompareAndSwapStore(
                    RedisStore.builder(TestRedis.CLIENT, RedisURI.create(proxy.uri())),
                    Script.SERVER_CLOCK,
                    swallowing(proxy))) {
                Charge swapping = Charge.of(item(Action.TAKE, limit, 1));
                cut.charge(swapping, deadline);
                assertThat(swapping.outcome()).isEqualTo(Outcome.PERHAPS_SENT);
            }
            proxy.pass();
            proxy.cut();
            await().atMost(Duration.ofSeconds(20)).until(() -> store.heartbeat(PATIENCE) > 0);
            assertThat(left(store, limit, 1))
                    .as("the swap whose answer was lost was made")
                    .isEqualTo(16);
        }
    }

    @Test
    void killed_failsAtOnceAndComesBack() throws IOException {
        try (RedisServer server = RedisServer.start();
                CompareAndSwapStore store =
                        swaps(RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri())))) {
            BucketLimit limit = limit(0, 20);
            assertThat(left(store, limit, 1)).isEqualTo(19);
            server.kill();
            assertThat(store.heartbeat(Duration.ofMillis(500).toNanos())).isZero();
            Charge charge = charge(store, item(Action.TAKE, limit, 1));
            assertThat(charge.outcome()).isIn(Outcome.NOT_SENT, Outcome.PERHAPS_SENT);
            assertThat(charge.failedAlone()).isFalse();
            server.restart();
            await().atMost(Duration.ofSeconds(20)).until(() -> store.heartbeat(PATIENCE) > 0);
            assertThat(left(store, limit, 1)).as("with its data lost").isEqualTo(19);
        }
    }

    @Test
    void clockOfRedisThatGoesBack_letsNobodyWaitForIt() {
        AtomicInteger minutes = new AtomicInteger(1_000_000);
        Exchange.Clock clock = commands -> CompletableFuture.completedFuture(
                Duration.ofMinutes(minutes.get()).toMillis());
        BucketLimit limit =
                new BucketLimit(List.of(new Rate(3, Duration.ofMinutes(1).toNanos(), 3)), 0);
        try (CompareAndSwapStore store =
                new CompareAndSwapStore(TestRedis.builder().time(TimeSource.system()), Script.SERVER_CLOCK, clock)) {
            assertThat(left(store, limit, 3)).isZero();
            minutes.addAndGet(-60);
            ChargeItem early = item(Action.TAKE, limit, 1);
            assertThat(charge(store, early).outcome()).isEqualTo(Outcome.REFUSED);
            assertThat(early.waitNanos()).isEqualTo(Duration.ofSeconds(20).toNanos());
            minutes.incrementAndGet();
            assertThat(left(store, limit, 1)).as("a minute later").isEqualTo(2);
        }
    }

    /** Reads the time, and lets what is answered after that be lost, but for the trial at the beginning. */
    private static Exchange.Clock swallowing(FaultProxy proxy) {
        AtomicInteger times = new AtomicInteger();
        return commands -> Exchange.Clock.OF_SERVER.millis(commands).thenApply(millis -> {
            try {
                if (times.incrementAndGet() > 1) {
                    proxy.swallowReplies();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return millis;
        });
    }
}
