// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.redisrig.FaultProxy;
import dev.weir.redisrig.RedisServer;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.Limit;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.StoreSettings;
import dev.weir.testkit.FakeRequest;
import io.lettuce.core.RedisURI;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * A Redis that falls silent under load costs the deadline to those who are asking it at that moment and to five more, and nothing
 * to all others. With the deadline that is there without being set.
 */
class OnsetTest {

    private static final int THREADS = 8;
    private static final int FIVE_MORE = 5;
    private static final int ROUNDS = 4;
    private static final int BEFORE = 50 * THREADS;
    private static final int DURING = 500 * THREADS;
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofNanos(200_000);
    private static final Duration DEADLINE = StoreSettings.DEFAULT_DEADLINE;

    /** What a thread needs to notice that its time is over, and to decide without the store. */
    private static final Duration TO_GO_ON = Duration.ofMillis(10);

    /** Breaks something or mends it. */
    private interface Act {
        void run() throws IOException;
    }

    private record Made(long begin, long end, boolean degraded) {}

    /** The store, and how many charges it was given and has not decided: those who have waited for it. */
    private static final class Counted implements SharedRateLimitStore {

        private final SharedRateLimitStore store;
        private final AtomicInteger undecided = new AtomicInteger();

        Counted(SharedRateLimitStore store) {
            this.store = store;
        }

        @Override
        public void charge(Charge charge, long deadlineNanos) {
            assertThat(deadlineNanos).isEqualTo(DEADLINE.toNanos());
            store.charge(charge, deadlineNanos);
            if (!charge.outcome().decided()) {
                undecided.incrementAndGet();
            }
        }

        @Override
        public int heartbeat(long deadlineNanos) {
            return store.heartbeat(deadlineNanos);
        }

        @Override
        public void release(ItemKey key, String leaseId) {
            store.release(key, leaseId);
        }

        @Override
        public void refill(ItemKey key) {
            store.refill(key);
        }

        @Override
        public void remove(ItemKey key) {
            store.remove(key);
        }

        @Override
        public void check(Limit limit) {
            store.check(limit);
        }

        @Override
        public void close() {
            store.close();
        }
    }

    private static RateLimiter limiter(SharedRateLimitStore store) {
        String rules = "rules: [{name: api, path: /**, per: user, rate: 1000000/min}]";
        return RateLimiter.builder(Configuration.parse("onset.yaml", rules))
                .resolver(request -> Identity.of(null, request.header("User")))
                .store(store)
                .build();
    }

    private static Decision ask(RateLimiter limiter, String user) {
        Decision decision = limiter.decide(FakeRequest.get("/").header("User", user));
        limiter.complete(decision, 200);
        assertThat(decision.isAdmitted()).isTrue();
        return decision;
    }

    /** Threads that ask until they are told to end, a thousand times a second or so. */
    private static final class Load {

        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicInteger made = new AtomicInteger();
        private final AtomicInteger degraded = new AtomicInteger();
        private final List<List<Made>> all = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();

        Load(RateLimiter limiter) {
            for (int i = 0; i < THREADS; i++) {
                String user = "user" + i;
                List<Made> own = new ArrayList<>();
                all.add(own);
                Thread thread = new Thread(() -> run(limiter, user, own), "onset-" + i);
                threads.add(thread);
                thread.start();
            }
        }

        private void run(RateLimiter limiter, String user, List<Made> own) {
            while (!ended.get()) {
                long begin = System.nanoTime();
                boolean alone = ask(limiter, user).isDegraded();
                own.add(new Made(begin, System.nanoTime(), alone));
                made.incrementAndGet();
                degraded.addAndGet(alone ? 1 : 0);
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }

        List<List<Made>> end() throws InterruptedException {
            ended.set(true);
            for (Thread thread : threads) {
                thread.join(PATIENCE.toMillis());
                assertThat(thread.isAlive()).isFalse();
            }
            return all;
        }
    }

    private static void costs(Act broken, Act mended, FaultProxy proxy) throws Exception {
        Duration calmest = PATIENCE;
        try (Counted store = new Counted(RedisStore.builder(TestRedis.CLIENT, RedisURI.create(proxy.uri()))
                        .namespace(TestRedis.newNamespace())
                        .build());
                RateLimiter limiter = limiter(store);
                Stall stall = new Stall()) {
            int rounds = 0;
            for (int tries = 0; rounds < ROUNDS && tries < 10 * ROUNDS; tries++) {
                await().atMost(PATIENCE).until(() -> !ask(limiter, "canary").isDegraded());
                Load load = new Load(limiter);
                await().atMost(PATIENCE).until(() -> load.made.get() >= BEFORE);
                int before = store.undecided.get();
                long onset = System.nanoTime();
                broken.run();
                await().atMost(PATIENCE).until(() -> load.degraded.get() >= DURING);
                List<List<Made>> all = load.end();
                mended.run();
                if (!wasWellAt(onset, all)) {
                    continue; // the machine has held everybody up for longer than the deadline, before anything was
                    // broken
                }
                rounds++;
                Duration slowest = slowest(all, stall);
                int waited = store.undecided.get() - before;
                System.out.printf("OnsetTest: %d waited, the slowest for %d ms%n", waited, slowest.toMillis());
                assertThat(waited).as("in flight, and five more").isBetween(FIVE_MORE, THREADS + FIVE_MORE);
                calmest = slowest.compareTo(calmest) < 0 ? slowest : calmest;
            }
            assertThat(rounds).isEqualTo(ROUNDS);
        }
        assertThat(calmest)
                .as("the slowest decision of the calmest round, without what the machine took")
                .isLessThanOrEqualTo(DEADLINE.plus(TO_GO_ON));
    }

    /** Answers whether the last decisions before a moment were made by the store. */
    private static boolean wasWellAt(long onset, List<List<Made>> all) {
        return all.stream()
                .allMatch(own -> own.stream()
                        .filter(one -> one.end - onset < 0)
                        .reduce((first, second) -> second)
                        .filter(last -> !last.degraded)
                        .isPresent());
    }

    private static Duration slowest(List<List<Made>> all, Stall stall) {
        return all.stream()
                .flatMap(List::stream)
                .filter(Made::degraded)
                .map(one -> Duration.ofNanos(one.end - one.begin).minus(stall.between(one.begin, one.end)))
                .max(Duration::compareTo)
                .orElseThrow();
    }

    @Test
    void redisThatIsFrozen_costsTheDeadlineToFew() throws Exception {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            costs(server::freeze, server::thaw, proxy);
        }
    }

    @Test
    void wayThatIsABlackHole_costsTheDeadlineToFew() throws Exception {
        try (RedisServer server = RedisServer.start();
                FaultProxy proxy = FaultProxy.to(server.port())) {
            costs(proxy::blackhole, proxy::pass, proxy);
        }
    }
}
