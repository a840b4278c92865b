// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Four threads charge few keys in a table with even fewer places, so that insertion, eviction, overflow and moving race all
 * the time. The clock moves between rounds only, so that the history has exact times; it is checked apart from the store.
 */
class StressTest {

    private static final int THREADS = 4;
    private static final int USERS = 10;
    private static final int ROUNDS = 600;
    private static final int CHARGES = 40;
    private static final int MAX_LEASES = 3;
    private static final long AMOUNT = 10;
    private static final long PERIOD_MILLIS = 10_000;
    private static final long[] STEPS_MILLIS = {0, 1, 1000, 1000, 4000, 11_000, 75_000};

    private final ManualClock clock = new ManualClock();
    private final AtomicLongArray held = new AtomicLongArray(USERS);
    private final AtomicLongArray buckets = new AtomicLongArray(USERS);
    private final AtomicLongArray logs = new AtomicLongArray(USERS);
    private final long[] excess = new long[USERS];
    private final List<long[]> entries = new ArrayList<>();
    private long millis;
    private int round;
    private SplittableRandom steps;
    private MemoryStore store;

    @ParameterizedTest
    @ValueSource(longs = {1, 4, 1000})
    void history_isWithinAllLimits(long maxKeys) throws Exception {
        long seed = System.nanoTime();
        System.out.println("StressTest: seed " + seed + ", " + maxKeys + " keys");
        store = new MemoryStore(maxKeys, clock);
        steps = new SplittableRandom(seed);
        CyclicBarrier barrier = new CyclicBarrier(THREADS, this::endOfRound);
        ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = steps.split();
                running.add(executor.submit(() -> {
                    work(random, barrier);
                    return null;
                }));
            }
            for (Future<?> future : running) {
                future.get(60, TimeUnit.SECONDS);
            }
        } finally {
            executor.shutdownNow();
        }
        assertThat(round).isEqualTo(ROUNDS);
        noLeaseIsLost();
    }

    private void noLeaseIsLost() {
        for (int user = 0; user < USERS; user++) {
            List<Lease> leases = new ArrayList<>();
            for (int i = 0; i < MAX_LEASES; i++) {
                Key per = Key.of(Scope.USER, Integer.toString(user));
                LeaseLimit limit = new LeaseLimit(MAX_LEASES, ROUNDS);
                ChargeItem item = new ChargeItem(Action.TAKE, limit, "r", null, per, 1);
                store.charge(Charge.of(item), 0);
                assertThat(item.lease()).as("lease %s of %s", i, user).isNotNull();
                leases.add(item.lease());
            }
            leases.forEach(Lease::release);
        }
    }

    private void work(SplittableRandom random, CyclicBarrier barrier) throws Exception {
        List<Runnable> releases = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            for (int k = 0; k < CHARGES; k++) {
                if (releases.size() > 2 || (!releases.isEmpty() && random.nextInt(3) == 0)) {
                    releases.remove(random.nextInt(releases.size())).run();
                } else {
                    charge(random, releases);
                }
            }
            barrier.await(30, TimeUnit.SECONDS);
        }
        releases.forEach(Runnable::run);
    }

    private void charge(SplittableRandom random, List<Runnable> releases) {
        Charge charge = new Charge(3);
        int first = random.nextInt(USERS);
        for (int i = 0; i < 1 + random.nextInt(3); i++) {
            charge.add(item(random, (first + i) % USERS));
        }
        store.charge(charge, 0);
        if (charge.outcome() == Outcome.ADMITTED) {
            charge.items().forEach(item -> note(item, releases));
        }
    }

    private ChargeItem item(SplittableRandom random, int user) {
        Rate rate = new Rate(AMOUNT, Duration.ofMillis(PERIOD_MILLIS).toNanos(), AMOUNT);
        long version = round / 50;
        Limit limit = switch (random.nextInt(3)) {
            case 0 -> new BucketLimit(List.of(rate), version);
            case 1 -> new RollingLimit(List.of(rate), version);
            default -> new LeaseLimit(MAX_LEASES, version);
        };
        Key per = Key.of(Scope.USER, Integer.toString(user));
        if (limit instanceof LeaseLimit leases) {
            String id = Long.toString(random.nextLong());
            return random.nextBoolean()
                    ? new ChargeItem(Action.TAKE, leases, "r", null, per, 1)
                    : ChargeItem.namedLease(Action.TAKE, leases, "r", null, per, id);
        }
        return new ChargeItem(Action.TAKE, limit, "r", null, per, 1 + random.nextInt(3));
    }

    private void note(ChargeItem item, List<Runnable> releases) {
        int user = Integer.parseInt(item.per().value());
        if (item.kind() != ItemKind.LEASE) {
            (item.kind() == ItemKind.BUCKET ? buckets : logs).addAndGet(user, item.cost());
            return;
        }
        assertThat(held.incrementAndGet(user)).as("leases of " + user).isLessThanOrEqualTo(MAX_LEASES);
        Lease lease = item.lease();
        releases.add(() -> {
            held.decrementAndGet(user);
            if (item.leaseId() == null) {
                lease.release();
            } else {
                store.release(item.plain(), item.leaseId());
            }
        });
    }

    /** Checks the history and moves the clock on. */
    private void endOfRound() {
        for (int user = 0; user < USERS; user++) {
            excess[user] += buckets.getAndSet(user, 0) * PERIOD_MILLIS;
            assertThat(excess[user]).as("bucket of " + user).isLessThanOrEqualTo(AMOUNT * PERIOD_MILLIS);
            entries.add(new long[] {user, millis, logs.getAndSet(user, 0)});
        }
        entries.removeIf(entry -> millis - entry[1] >= PERIOD_MILLIS);
        for (int user = 0; user < USERS; user++) {
            int of = user;
            long sum = entries.stream()
                    .filter(entry -> entry[0] == of)
                    .mapToLong(entry -> entry[2])
                    .sum();
            assertThat(sum).as("rolling log of " + user).isLessThanOrEqualTo(AMOUNT);
        }
        assertThat(store.keys()).isLessThanOrEqualTo(store.maxKeys());
        long step = STEPS_MILLIS[steps.nextInt(STEPS_MILLIS.length)];
        clock.advance(Duration.ofMillis(step));
        millis += step;
        for (int user = 0; user < USERS; user++) {
            excess[user] = Math.max(0, excess[user] - step * AMOUNT);
        }
        round++;
    }
}
