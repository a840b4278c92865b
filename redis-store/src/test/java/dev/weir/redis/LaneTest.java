// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redisrig.CommandCounts;
import dev.weir.redisrig.RedisServer;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who travels together, and what becomes of those who do not wait. On a server that can be stopped. */
class LaneTest {

    private static final long PATIENCE = Duration.ofSeconds(10).toNanos();
    private static final long SHORT = Duration.ofMillis(30).toNanos();
    private static final int CAPACITY = 50;

    private RedisServer server;
    private Resp redis;
    private RedisStore store;

    @BeforeEach
    void start() throws IOException {
        server = RedisServer.start();
        redis = server.connect();
        store = RedisStore.builder(TestRedis.CLIENT, RedisURI.create(server.uri()))
                .secret("secret")
                .build();
    }

    @AfterEach
    void stop() throws IOException {
        store.close();
        redis.close();
        server.close();
    }

    private static Charge take(String user, long cost) {
        BucketLimit limit =
                new BucketLimit(List.of(new Rate(CAPACITY, Duration.ofDays(1).toNanos(), CAPACITY)), 0);
        return Charge.of(new ChargeItem(Action.TAKE, limit, "api", null, Key.of(Scope.USER, user), cost));
    }

    private Thread asking(Charge charge, long deadlineNanos) {
        Thread thread = new Thread(() -> store.charge(charge, deadlineNanos));
        thread.start();
        return thread;
    }

    /** Begins charges one after the other, each when the one before is where it waits. */
    private List<Thread> asking(List<Charge> charges, long deadlineNanos) {
        List<Thread> threads = new ArrayList<>();
        for (Charge charge : charges) {
            Thread thread = asking(charge, deadlineNanos);
            threads.add(thread);
            until(() -> isWaiting(thread) || !thread.isAlive());
        }
        return threads;
    }

    private static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getClassName().equals(Asked.class.getName()));
    }

    private static void until(BooleanSupplier done) {
        while (!done.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Test
    void thoseWhoWait_travelTogetherAndInOrder() throws Exception {
        CommandCounts before = CommandCounts.of(redis);
        server.freeze();
        List<Charge> charges =
                IntStream.range(0, 2 + 70).mapToObj(i -> take("hot", 1)).toList();
        List<Thread> threads = asking(charges, PATIENCE);
        server.thaw();
        join(threads);
        assertThat(charges)
                .extracting(Charge::outcome)
                .as("the first come, and no more than there is")
                .containsExactlyElementsOf(IntStream.range(0, charges.size())
                        .mapToObj(i -> i < CAPACITY ? Outcome.ADMITTED : Outcome.REFUSED)
                        .toList());
        CommandCounts sent = CommandCounts.of(redis).minus(before);
        assertThat(sent.calls("evalsha"))
                .as("two alone, 64 together, the rest together")
                .isEqualTo(4);
        assertThat(sent.calls("setex") + sent.calls("setrange"))
                .as("a hot bucket is written once for all who travel together")
                .isLessThanOrEqualTo(3);
    }

    @Test
    void whoseDeadlinePassesUnsent_isNotCharged() throws Exception {
        server.freeze();
        List<Thread> first = asking(List.of(take("other", 1), take("other", 1)), PATIENCE);
        List<Charge> late = List.of(take("late", 1), take("late", 2));
        List<Thread> leaving = asking(late, SHORT);
        join(leaving);
        Charge patient = take("late", 3);
        List<Thread> staying = asking(List.of(patient), PATIENCE);
        server.thaw();
        join(first);
        join(staying);
        assertThat(late).extracting(Charge::outcome).containsOnly(Outcome.NOT_SENT);
        assertThat(patient.outcome()).isEqualTo(Outcome.ADMITTED);
        assertThat(patient.item(0).available(0)).isEqualTo(CAPACITY - 3);
    }

    @Test
    void whoseDeadlinePassesSent_isPerhapsCharged() throws Exception {
        server.freeze();
        Charge left = take("late", 1);
        join(asking(List.of(left), SHORT));
        server.thaw();
        assertThat(left.outcome()).isEqualTo(Outcome.PERHAPS_SENT);
    }

    @Test
    void aServerThatDoesNotKnowTheScript_isToldOnce_withoutThoseWhoHaveLeft() throws Exception {
        redis.text("SCRIPT", "FLUSH");
        CommandCounts before = CommandCounts.of(redis);
        server.freeze();
        List<Thread> blocking = asking(List.of(take("other", 1), take("other", 1)), PATIENCE);
        List<Charge> charges = List.of(take("late", 1), take("late", 2), take("late", 4));
        List<Thread> threads = asking(charges, PATIENCE);
        server.thaw();
        join(blocking);
        join(threads);
        assertThat(charges).extracting(Charge::outcome).containsOnly(Outcome.ADMITTED);
        assertThat(charges.get(2).item(0).available(0)).isEqualTo(CAPACITY - 7);
        assertThat(CommandCounts.of(redis).minus(before).calls("eval"))
                .as("two alone, and three together")
                .isLessThanOrEqualTo(3);

        redis.text("SCRIPT", "FLUSH");
        server.freeze();
        Charge left = take("late", 8);
        join(asking(List.of(left), SHORT));
        server.thaw();
        Charge after = take("late", 1);
        store.charge(after, PATIENCE);
        assertThat(left.outcome()).isEqualTo(Outcome.PERHAPS_SENT);
        assertThat(after.item(0).available(0))
                .as("nobody handed the script over for him")
                .isEqualTo(CAPACITY - 8);
    }

    @Test
    void whenTheConnectionEnds_allWhoWaitKnowAtOnce() throws Exception {
        server.freeze();
        List<Charge> charges =
                IntStream.range(0, 2 + 70).mapToObj(i -> take("hot", 1)).toList();
        List<Thread> threads = asking(charges, PATIENCE);
        server.kill();
        join(threads);
        assertThat(charges.subList(0, 2)).extracting(Charge::outcome).containsOnly(Outcome.PERHAPS_SENT);
        assertThat(charges.subList(2, charges.size()))
                .extracting(Charge::outcome)
                .containsOnly(Outcome.NOT_SENT);
    }
}
