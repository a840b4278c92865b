// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The clock of Redis goes back by an hour: nobody gains by it, and nobody waits for the hour to pass again. */
class ClockBackTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final int CAPACITY = 3;
    private static final long BEFORE = 1_763_800_000_000L;
    private static final long AFTER = BEFORE - Duration.ofHours(1).toMillis();

    static Stream<Limit> limits() {
        List<Rate> rates = List.of(new Rate(CAPACITY, MINUTE.toNanos(), CAPACITY));
        return Stream.of(new BucketLimit(rates, 0), new RollingLimit(rates, 0), new LeaseLimit(CAPACITY, 0));
    }

    private static Outcome take(RedisStore store, Limit limit) {
        Charge charge = Charge.of(new ChargeItem(Action.TAKE, limit, "api", null, Key.of(Scope.USER, "fred"), 1));
        store.charge(charge, PATIENCE);
        return charge.outcome();
    }

    @ParameterizedTest
    @MethodSource("limits")
    void whatWasTakenAheadOfTheClock_wasTakenNow(Limit limit) throws IOException {
        RedisStoreBuilder settings = TestRedis.builder();
        String clock = settings.keys().namespace() + "-clock";
        String read = "local now = tonumber(redis.call('GET', '" + clock + "'))\n";
        try (Resp redis = TestRedis.SERVER.connect()) {
            redis.text("SET", clock, Long.toString(BEFORE));
            try (RedisStore store = new RedisStore(settings, read, MINUTE)) {
                assertThat(store.heartbeat(PATIENCE)).as("connected").isPositive();
                for (int i = 0; i < CAPACITY; i++) {
                    assertThat(take(store, limit)).isEqualTo(Outcome.ADMITTED);
                }
                redis.text("SET", clock, Long.toString(AFTER));
                assertThat(take(store, limit)).as("an hour earlier").isEqualTo(Outcome.REFUSED);
                redis.text("SET", clock, Long.toString(AFTER + MINUTE.toMillis()));
                assertThat(take(store, limit)).as("a minute later").isEqualTo(Outcome.ADMITTED);
            }
        }
    }
}
