// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.Resp;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Charges that Redis has executed, and whose connection ends before the answer, are not sent on the next connection. Several,
 * because a client that sends again may let the first of them fail with the connection.
 */
class AtMostOnceTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final int CAPACITY = 20;

    private static Charge one(Action action) {
        BucketLimit hourly =
                new BucketLimit(List.of(new Rate(CAPACITY, Duration.ofHours(1).toNanos(), CAPACITY)), 0);
        return Charge.of(new ChargeItem(action, hourly, "api", null, Key.of(Scope.USER, "fred"), 1));
    }

    /** On a client of the store's own, and beside one of the application's that reconnects and sends again. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chargesInFlight_areNotSentAgainByTheNextConnection(boolean own) throws Exception {
        try (FaultProxy proxy = FaultProxy.to(TestRedis.SERVER.port());
                Resp redis = TestRedis.SERVER.connect();
                RedisStore store = new RedisStoreBuilder(client(own, RedisURI.create(proxy.uri())))
                        .namespace(TestRedis.newNamespace())
                        .build()) {
            await().until(() -> store.heartbeat(PATIENCE) > 0);
            store.charge(one(Action.TAKE), PATIENCE); // so Redis knows the script
            long before = charges(redis);
            proxy.swallowReplies();
            List<Charge> lost = List.of(one(Action.TAKE), one(Action.TAKE)); // more would wait for these
            List<Thread> asking =
                    lost.stream().map(charge -> asking(store, charge)).toList();
            await().until(() -> charges(redis) == before + lost.size());
            proxy.pass();
            proxy.cut();
            for (Thread thread : asking) {
                thread.join();
            }
            assertThat(lost).extracting(Charge::outcome).containsOnly(Outcome.PERHAPS_SENT);

            await().until(() -> store.heartbeat(PATIENCE) > 0);
            Charge look = one(Action.LOOK);
            store.charge(look, PATIENCE);
            assertThat(look.item(0).available(0)).isEqualTo(CAPACITY - 1 - lost.size());
        }
    }

    private static Client client(boolean own, RedisURI uri) {
        return own ? Client.own(uri, null) : Client.beside(TestRedis.CLIENT, uri);
    }

    private static Thread asking(RedisStore store, Charge charge) {
        Thread thread = new Thread(() -> store.charge(charge, PATIENCE), "asking");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static long charges(Resp redis) throws IOException {
        return CommandCounts.of(redis).calls("evalsha");
    }
}
