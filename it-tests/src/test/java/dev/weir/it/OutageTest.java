// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.Decision;
import dev.weir.RateLimitEvent;
import dev.weir.RateLimitListener;
import dev.weir.RateLimiter;
import dev.weir.StoreStateEvent;
import dev.weir.config.Configuration;
import dev.weir.testkit.FakeRequest;
import dev.weir.testkit.ManualClock;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The day on which the shared store is gone. */
class OutageTest {

    private static final String API = "- {name: api, per: user, rate: %s}\n";

    private final ManualClock clock = new ManualClock();
    private final SharedMemory store = new SharedMemory(clock);
    private final Recorder recorder = new Recorder();

    /** Takes the changes of the store's state. */
    private static final class Recorder implements RateLimitListener {
        private final LinkedBlockingQueue<StoreStateEvent> changes = new LinkedBlockingQueue<>();
        private final List<Boolean> degraded = new CopyOnWriteArrayList<>();

        @Override
        public void onDecision(RateLimitEvent event) {
            if (degraded.size() < 4) {
                degraded.add(event.decision().isDegraded());
            }
        }

        @Override
        public void onStoreState(StoreStateEvent event) {
            changes.add(event);
        }

        StoreStateEvent next() throws InterruptedException {
            StoreStateEvent change = changes.poll(2, TimeUnit.SECONDS);
            assertThat(change).as("a change within two seconds").isNotNull();
            return change;
        }
    }

    private RateLimiter limiter(int instances, String rules) {
        String text = "store: {type: redis, redis: {uri: 'redis://localhost', instances: " + instances + "}}\nrules:\n"
                + rules;
        return RateLimiter.builder(Configuration.parse("test.yaml", text))
                .time(clock)
                .store(store)
                .resolver(request -> Limiters.user(request.header("X-User")))
                .listener(recorder)
                .build();
    }

    private static Decision decide(RateLimiter limiter, String user, String path) {
        return limiter.decide(FakeRequest.get(path).header("X-User", user));
    }

    private static boolean admits(RateLimiter limiter) {
        Decision decision = decide(limiter, "fred", "/");
        limiter.complete(decision, 200);
        return decision.isAdmitted();
    }

    /** The bound of docs/design.md: at most the sum of the shares' capacities + rate x time, at every moment. */
    @ParameterizedTest
    @CsvSource({"1,20", "2,20", "3,20", "7,20", "3,2", "7,2"})
    void outage_admitsNoMoreThanTheSharesAndWhatComesBack(int instances, long capacity) {
        store.dead = true;
        store.instances = instances;
        List<RateLimiter> all = new ArrayList<>();
        for (int i = 0; i < instances; i++) {
            all.add(limiter(instances, API.formatted(capacity + "/min")));
        }
        SplittableRandom random = new SplittableRandom(20261122);
        long shares = instances * Math.max(1, capacity / instances);
        long admitted = 0;
        long elapsedNanos = 0;
        while (elapsedNanos < Duration.ofMinutes(20).toNanos()) {
            for (RateLimiter limiter : all) {
                while (admits(limiter)) {
                    admitted++;
                }
            }
            long comeBack =
                    Math.floorDiv(capacity * elapsedNanos, Duration.ofMinutes(1).toNanos());
            assertThat(admitted).as("after %d ns", elapsedNanos).isLessThanOrEqualTo(shares + comeBack);
            long step = random.nextLong(Duration.ofSeconds(5).toNanos());
            clock.advanceNanos(step);
            elapsedNanos += step;
        }
        assertThat(admitted).as("in twenty minutes").isGreaterThan(capacity * 19);
        all.forEach(RateLimiter::close);
    }

    @Test
    void localBuckets_liveOnBetweenOutages() throws InterruptedException {
        store.instances = 3;
        try (RateLimiter limiter = limiter(3, API.formatted("20/min"))) {
            assertThat(admits(limiter)).isTrue();
            lose(limiter);
            int admitted = 0;
            while (admits(limiter)) {
                admitted++;
            }
            assertThat(admitted).as("a third of the limit").isEqualTo(6);
            comeBack();
            assertThat(admits(limiter)).as("by the shared bucket").isTrue();
            lose(limiter);
            assertThat(admits(limiter)).as("by a bucket that is still empty").isFalse();
        }
    }

    private void lose(RateLimiter limiter) throws InterruptedException {
        store.dead = true;
        while (recorder.changes.isEmpty()) {
            decide(limiter, "somebody", "/");
            Thread.onSpinWait();
        }
        assertThat(recorder.next().answers()).isFalse();
    }

    private void comeBack() throws InterruptedException {
        store.dead = false;
        assertThat(recorder.next().answers()).isTrue();
    }

    @Test
    void storeThatIsBack_decidesWithinASecond() throws InterruptedException {
        store.instances = 3;
        try (RateLimiter limiter = limiter(3, API.formatted("20/min"))) {
            for (int outage = 0; outage < 3; outage++) {
                lose(limiter);
                assertThat(decide(limiter, "fred", "/").isDegraded()).isTrue();
                int before = store.charges.get();
                decide(limiter, "fred", "/");
                assertThat(store.charges).as("nobody waits for it").hasValue(before);
                store.dead = false;
                StoreStateEvent back = recorder.changes.poll(1, TimeUnit.SECONDS);
                assertThat(back).as("a sign of life within a second").isNotNull();
                assertThat(back.answers()).isTrue();
                assertThat(decide(limiter, "fred", "/").isDegraded()).isFalse();
            }
        }
    }

    @Test
    void eachRule_followsItsOwnPolicy() throws InterruptedException {
        String rules = """
                - {name: local, path: /local, per: user, rate: 6/min, concurrent: 6}
                - {name: open, path: /open, per: user, rate: 1/min, on-failure: open}
                - {name: closed, path: /closed, per: user, rate: 100/min, on-failure: closed}
                - {name: watched, path: /watched, per: user, rate: 100/min, on-failure: closed, mode: shadow}
                """;
        store.instances = 3;
        try (RateLimiter limiter = limiter(3, rules)) {
            lose(limiter);
            assertThat(decide(limiter, "fred", "/closed").status()).isEqualTo(Decision.Status.UNAVAILABLE);
            assertThat(decide(limiter, "fred", "/watched").isAdmitted()).isTrue();
            for (int i = 0; i < 10; i++) {
                assertThat(decide(limiter, "fred", "/open").isAdmitted()).isTrue();
            }
            Decision decision = decide(limiter, "anna", "/local");
            assertThat(decision.isDegraded()).isTrue();
            assertThat(decision.tightest()).hasValueSatisfying(rate -> {
                assertThat(rate.limit()).isEqualTo(2);
                assertThat(rate.remaining()).isEqualTo(1);
            });
            assertThat(limiter.inFlight()).isEqualTo(1);
            comeBack();
            limiter.complete(decision, 200);
            assertThat(limiter.inFlight()).isZero();
            assertThat(limiter.degradedDecisions()).isGreaterThan(13);
        }
    }

    /** Of three rules for one request one lies in a place that is gone: it goes on in memory, the others in the store. */
    @Test
    void placeThatIsGone_takesOnlyItsOwnRulesAlong() throws InterruptedException {
        String rules = """
                - {name: near, per: user, rate: 100/min, concurrent: 6, on-failure: closed}
                - {name: far, path: /far/**, per: user, rate: 6/min, concurrent: 6}
                - {name: strict, path: /strict, per: user, rate: 100/min, on-failure: closed}
                """;
        store.instances = 3;
        try (RateLimiter limiter = limiter(3, rules)) {
            store.goneRules = Set.of("far", "strict");
            for (int left = 1; left >= 0; left--) {
                Decision decision = decide(limiter, "fred", "/far/a");
                assertThat(decision.isAdmitted()).isTrue();
                assertThat(decision.isDegraded()).isTrue();
                assertThat(headers(limiter, decision).get("RateLimit-Policy"))
                        .isEqualTo("\"near\";q=100;w=60, \"far\";q=6;w=180;weir-burst=2");
                assertThat(headers(limiter, decision).get("X-RateLimit-Remaining"))
                        .isEqualTo("" + left);
                limiter.complete(decision, 200);
            }
            Decision refused = decide(limiter, "fred", "/far/a");
            assertThat(refused.refusingRules()).containsExactly("far");
            assertThat(headers(limiter, refused))
                    .containsEntry("RateLimit-Policy", "\"far\";q=6;w=180;weir-burst=2")
                    .containsKey("Retry-After");
            assertThat(store.undone).hasValue(1);
            Decision strict = decide(limiter, "fred", "/strict");
            assertThat(strict.status()).isEqualTo(Decision.Status.UNAVAILABLE);
            assertThat(store.undone).hasValue(2);
            assertThat(recorder.degraded).containsExactly(true, true, true, true);
            assertThat(limiter.degradedDecisions()).isEqualTo(4);
            assertThat(decide(limiter, "fred", "/").isDegraded()).isFalse();
            assertThat(limiter.inFlight()).as("the last one").isEqualTo(1);
        }
    }

    private static Map<String, String> headers(RateLimiter limiter, Decision decision) {
        Map<String, String> headers = new HashMap<>();
        limiter.headers(decision, headers::put);
        return headers;
    }

    @Test
    void stateOfTheStore_isLoggedOncePerChange() throws InterruptedException {
        store.instances = 3;
        try (LogCapture log = new LogCapture();
                RateLimiter limiter = limiter(3, API.formatted("20/min"))) {
            lose(limiter);
            for (int i = 0; i < 10_000; i++) {
                decide(limiter, "fred", "/");
            }
            comeBack();
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0)).contains("does not answer").contains("switched off");
            assertThat(log.lines().get(1)).contains("answers again");
        }
    }

    @Test
    void millionRequestsOfAnOutage_growNothing() throws InterruptedException {
        try (RateLimiter limiter = limiter(3, API.formatted("20/min"))) {
            lose(limiter);
            for (int i = 0; i < 50_000; i++) {
                decide(limiter, "user" + i % 1_000, "/");
            }
            long before = usedHeap();
            for (int i = 0; i < 1_000_000; i++) {
                decide(limiter, "user" + i % 1_000, "/");
            }
            assertThat(usedHeap() - before).as("bytes").isLessThan(10 << 20);
        }
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
