// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A command goes once, even if the application's own client would send it again. */
class OnceTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final int LOST = 4;
    private static final BucketLimit TWENTY =
            new BucketLimit(List.of(new Rate(20, Duration.ofDays(1).toNanos(), 20)), 0);

    private static ChargeItem item(Action action) {
        return new ChargeItem(action, TWENTY, "api", null, Key.EVERYONE, 1);
    }

    private static long scripts(Resp admin) throws IOException {
        CommandCounts counts = CommandCounts.of(admin);
        return counts.calls("evalsha") + counts.calls("eval");
    }

    @Test
    void chargeWhoseConnectionEnds_isNotSentAgain() throws Exception {
        RedisClient client = RedisClient.create(); // reconnects, and sends again, unless told otherwise
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.to(server.port());
                Resp admin = server.connect();
                RedisStore store =
                        RedisStore.builder(client, RedisURI.create(proxy.uri())).build()) {
            store.charge(Charge.of(item(Action.TAKE)), PATIENCE);
            long before = scripts(admin);
            proxy.swallowReplies();
            // Several, because Lettuce itself gives up the first one when a connection is reset.
            List<Charge> lost = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < LOST; i++) {
                Charge charge = Charge.of(item(Action.TAKE));
                lost.add(charge);
                threads.add(new Thread(() -> store.charge(charge, PATIENCE)));
            }
            threads.forEach(Thread::start);
            await().until(() -> scripts(admin) == before + LOST);
            proxy.pass();
            proxy.cut();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(lost).extracting(Charge::outcome).containsOnly(Outcome.PERHAPS_SENT);
            await().until(() -> store.heartbeat(PATIENCE) > 0);
            ChargeItem look = item(Action.LOOK);
            store.charge(Charge.of(look), PATIENCE);
            assertThat(look.available(0))
                    .as("one before, and each of these once")
                    .isEqualTo(19 - LOST);
        } finally {
            client.shutdown();
        }
    }
}
