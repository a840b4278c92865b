// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.RedisServer;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.testkit.FakeRequest;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that speak like Redis and lack what the store needs of it. */
class FitnessTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();

    /** What Lua without the library does with a script that uses it. */
    private static final String WITHOUT_STRUCT = "local struct = nil\n" + Script.SERVER_CLOCK;

    private static final Link LINK = new Link(TestRedis.CLIENT, TestRedis.URI, ChargeScripts.load(Script.SERVER_CLOCK));

    private final LogLines log = new LogLines();

    @AfterEach
    void stop() {
        log.close();
    }

    private static Charge take(SharedRateLimitStore store) {
        BucketLimit limit =
                new BucketLimit(List.of(new Rate(5, Duration.ofHours(1).toNanos(), 5)), 0);
        Charge charge = Charge.of(new ChargeItem(Action.TAKE, limit, "api", null, Key.of(Scope.USER, "fred"), 1));
        store.charge(charge, PATIENCE);
        return charge;
    }

    @Test
    void serverWithoutStruct_isSaidAtStart_andIsAsIfItDidNotAnswer() {
        try (RedisStore store = new RedisStore(TestRedis.builder(), WITHOUT_STRUCT, RedisStore.LEASE_LIFE)) {
            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .contains("Lua with struct", "Valkey", "store.redis.strategy: compare-and-swap", "It says: ");
            Charge charge = take(store);
            assertThat(charge.outcome()).isEqualTo(Outcome.NOT_SENT);
            assertThat(charge.failedAlone()).as("for every caller").isFalse();
            assertThat(charge.cause()).hasMessageContaining("Lua with struct");
            assertThat(store.heartbeat(PATIENCE)).isZero();
            assertThat(store.heartbeat(PATIENCE)).isZero();
        }
        assertThat(log.warnings()).hasSize(1);
    }

    @Test
    void limiterOnAServerWithoutStruct_goesByItsFailurePolicies() {
        Configuration configuration = Configuration.parse("weir.yaml", """
                rules:
                  - {name: open, path: /open, rate: 1/hour, on-failure: open}
                  - {name: local, path: /local, rate: 3/hour, on-failure: local}
                  - {name: closed, path: /closed, rate: 9/hour, on-failure: closed}
                """);
        try (RedisStore store = new RedisStore(TestRedis.builder(), WITHOUT_STRUCT, RedisStore.LEASE_LIFE);
                RateLimiter limiter =
                        RateLimiter.builder(configuration).store(store).build()) {
            int admitted = 0;
            for (int i = 0; i < 10; i++) {
                assertThat(ask(limiter, "/open").isAdmitted()).isTrue();
                assertThat(ask(limiter, "/closed").status()).isEqualTo(Decision.Status.UNAVAILABLE);
                admitted += ask(limiter, "/local").isAdmitted() ? 1 : 0;
            }
            assertThat(admitted).isEqualTo(3);
            assertThat(limiter.degradedDecisions()).isEqualTo(30);
        }
    }

    private static Decision ask(RateLimiter limiter, String path) {
        Decision decision = limiter.decide(FakeRequest.get(path));
        limiter.complete(decision, 200);
        return decision;
    }

    @Test
    void serverWithoutStruct_servesSwaps() {
        try (CompareAndSwapStore store =
                new CompareAndSwapStore(TestRedis.builder(), WITHOUT_STRUCT, Exchange.Clock.OF_SERVER)) {
            assertThat(take(store).outcome()).isEqualTo(Outcome.ADMITTED);
            assertThat(store.heartbeat(PATIENCE)).isEqualTo(1);
            assertThat(log.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"script", "compare-and-swap"})
    void serverThatRunsNoScripts_isSaidByEither(String strategy) throws IOException {
        try (RedisServer server = RedisServer.builder()
                .option("rename-command", "EVAL", "")
                .option("rename-command", "EVALSHA", "")
                .start()) {
            Supplier<RedisStoreBuilder> settings =
                    () -> RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()));
            try (SharedRateLimitStore store = strategy.equals("script")
                    ? settings.get().build()
                    : new CompareAndSwapStore(settings.get(), Script.SERVER_CLOCK, Exchange.Clock.OF_SERVER)) {
                assertThat(log.warnings()).singleElement().asString().contains("unknown command");
                assertThat(take(store).outcome()).isEqualTo(Outcome.NOT_SENT);
                assertThat(store.heartbeat(PATIENCE)).isZero();
            }
        }
    }

    /** Behind the next connection there may be another server; on one there is not. */
    @Test
    void server_isTriedOnceForEachConnection() {
        AtomicInteger trials = new AtomicInteger();
        Fitness fitness = new Fitness(
                LINK,
                (link, nanos) -> {
                    if (trials.incrementAndGet() == 1) {
                        throw answered("ERR unknown command 'EVALSHA', with args beginning with: ");
                    }
                },
                "use another",
                rights());
        assertThat(fitness.find(PATIENCE)).isFalse();
        assertThat(fitness.find(PATIENCE)).isFalse();
        assertThat(trials).hasValue(1);
        assertThat(fitness.obstacle()).hasMessageContaining("use another");
        fitness.connected();
        assertThat(fitness.find(PATIENCE)).isTrue();
        assertThat(fitness.find(PATIENCE)).isTrue();
        assertThat(trials).hasValue(2);
        assertThat(fitness.obstacle()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LOADING Redis is loading the dataset in memory",
                "BUSY Redis is busy running a script.",
                "NOPERM this user has no permissions to run the 'evalsha' command",
                "OOM command not allowed when used memory > 'maxmemory'.",
                "READONLY You can't write against a read only replica."
            })
    void whatPasses_isTriedAgain(String error) {
        AtomicInteger trials = new AtomicInteger();
        Fitness fitness = new Fitness(
                LINK,
                (link, nanos) -> {
                    trials.incrementAndGet();
                    throw answered(error);
                },
                "use another",
                rights());
        assertThat(fitness.find(PATIENCE)).isTrue();
        assertThat(fitness.find(PATIENCE)).isTrue();
        assertThat(trials).hasValue(2);
        assertThat(log.warnings()).isEmpty();
    }

    private static Rights rights() {
        return new Rights(RedisKeys.of("weir", null), List.of(), new ServerCheck(TestRedis.URI, List.of(), true));
    }

    private static Unanswered answered(String error) {
        return new Unanswered(
                Outcome.NOT_SENT, "Redis answered with an error.", new RedisCommandExecutionException(error));
    }
}
