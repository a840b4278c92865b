// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static dev.weir.memory.Crowd.admits;
import static dev.weir.memory.Crowd.take;
import static dev.weir.memory.Crowd.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A caller is sent from an overflow entry to one of his own and back, thousands of times, and spends at random on both
 * sides. Whether he moved is read off the number of keys, what he got is counted apart.
 */
@Tag("heavy")
class BackAndForthTest {

    private static final int MAX_KEYS = 16;
    private static final int CYCLES = 4_000;
    private static final int CHARGES = 8;
    private static final int SWEEPS = 40;
    private static final int KINDS = 3;
    private static final long AMOUNT = 10;
    private static final long PERIOD_MILLIS = 10_000;
    private static final long MAX_LEASES = 3;
    private static final long[] SMALL_STEPS = {0, 0, 1, 700, 1500};
    private static final long[] LARGE_STEPS = {500, 11_000, 90_000, 90_000, 200_000};

    private static final Limit DAY = Crowd.bucket(20, Duration.ofDays(1));
    private static final Limit BUCKET = Crowd.bucket(AMOUNT, Duration.ofMillis(PERIOD_MILLIS));
    private static final Limit ROLLING = Crowd.rolling(AMOUNT, Duration.ofMillis(PERIOD_MILLIS));
    private static final Limit LEASES = new LeaseLimit(MAX_LEASES, 0);
    private static final Key FRED = user("fred");

    private final ManualClock clock = new ManualClock();
    private final MemoryStore store = new MemoryStore(MAX_KEYS, clock);
    private final Ledger ledger = new Ledger(AMOUNT, PERIOD_MILLIS, MAX_LEASES);
    private final List<Lease> held = new ArrayList<>();
    private final List<ItemKey> fillers = new ArrayList<>();
    private final long seed = Long.getLong("weir.seed", System.nanoTime());
    private final SplittableRandom random = new SplittableRandom(seed);
    private int names;
    private long toOverflow;
    private long toOwn;
    private long passed;
    private long refused;

    @Test
    void callerWhoMoves_neverGetsMoreThanOneLimit() {
        System.out.println("BackAndForthTest: -Dweir.seed=" + seed);
        long own = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            fill();
            spend();
            fillers.forEach(store::remove);
            fillers.clear();
            toOverflow += own - store.keys();
            own = store.keys();
            everyKindOnce();
            toOwn += store.keys() - own;
            own = store.keys();
            assertThat(own).as("a place for each kind").isEqualTo(KINDS);
            spend();
            advance(LARGE_STEPS[random.nextInt(LARGE_STEPS.length)]);
        }
        System.out.printf(
                "BackAndForthTest: moved %,d times to overflow, %,d times back; %,d passed, %,d refused%n",
                toOverflow, toOwn, passed, refused);
        assertThat(toOverflow).isGreaterThan(CYCLES / 2);
        assertThat(toOwn).isGreaterThan(CYCLES / 2);
        assertThat(passed).isGreaterThan(CYCLES);
        assertThat(refused).isGreaterThan(CYCLES);
    }

    /** Takes all places that are to be had with keys that are not whole for a day, and lets whole ones be swept away. */
    private void fill() {
        for (int i = 0; i < SWEEPS; i++) {
            ChargeItem filler = take(DAY, user("filler" + names++), 20);
            admits(store, filler);
            fillers.add(filler.plain());
        }
        assertThat(store.keys()).isEqualTo(MAX_KEYS);
    }

    private void spend() {
        for (int i = 0; i < CHARGES; i++) {
            if (!held.isEmpty() && random.nextInt(3) == 0) {
                held.remove(random.nextInt(held.size())).release();
                ledger.release();
            }
            neighbour();
            charge(random.nextInt(1 << KINDS));
            advance(SMALL_STEPS[random.nextInt(SMALL_STEPS.length)]);
        }
    }

    /** Now and then another caller who shares his overflow entry spends a little of it. */
    private void neighbour() {
        if (random.nextInt(10) == 0) {
            Key tenant = Key.of(Scope.TENANT, "tenant" + names++);
            Limit limit = random.nextBoolean() ? BUCKET : ROLLING;
            ChargeItem item = new ChargeItem(Action.TAKE, limit, "api", tenant, FRED, 1);
            admits(store, item);
            store.remove(item.plain());
        }
    }

    private void everyKindOnce() {
        for (int kind = 0; kind < KINDS; kind++) {
            charge(1 << kind);
        }
    }

    /** Charges the kinds whose bits are set, all or nothing. */
    private void charge(int kinds) {
        List<ChargeItem> items = new ArrayList<>();
        for (int kind = 0; kind < KINDS; kind++) {
            if ((kinds & 1 << kind) != 0) {
                Limit limit = List.of(BUCKET, ROLLING, LEASES).get(kind);
                items.add(take(limit, FRED, limit == LEASES ? 1 : 1 + random.nextInt(4)));
            }
        }
        if (!admits(store, items.toArray(ChargeItem[]::new))) {
            refused++;
            return;
        }
        for (ChargeItem item : items) {
            passed++;
            switch (item.kind()) {
                case BUCKET -> ledger.bucket(item.cost());
                case ROLLING -> ledger.rolling(item.cost());
                case LEASE -> {
                    ledger.lease();
                    held.add(item.lease());
                }
            }
        }
    }

    private void advance(long millis) {
        clock.advance(Duration.ofMillis(millis));
        ledger.advance(millis);
    }
}
