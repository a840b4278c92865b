// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemTemplate;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Charges that name the same keys in different orders, from two threads: without one order of locks they stand still. */
class LockOrderTest {

    private static final int TIMES = 3_000;
    private static final long CAPACITY = 1_000_000;
    private static final long LONGEST_MILLIS = 60_000;

    private final BucketLimit limit =
            new BucketLimit(List.of(new Rate(CAPACITY, Duration.ofDays(1).toNanos(), CAPACITY)), 0);

    /** In a short and in a long charge; of one rule, of several, and in overflow entries. */
    @ParameterizedTest
    @CsvSource({"2, 1, 100", "3, 3, 100", "16, 4, 100", "17, 4, 100", "40, 1, 100", "6, 6, 2"})
    void chargesInAnyOrder_allGoThrough(int items, int rules, int maxKeys) throws InterruptedException {
        MemoryStore store = new MemoryStore(maxKeys, new ManualClock());
        AtomicLong admitted = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            Random random = new Random(t);
            threads.add(new Thread(() -> charge(store, items, rules, random, admitted)));
        }
        for (Thread thread : threads) {
            thread.setDaemon(true);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(LONGEST_MILLIS);
            assertThat(thread.isAlive()).as("stands still").isFalse();
        }
        assertThat(admitted).hasValue(2 * TIMES);
        for (ChargeItem item : items(items, rules, Action.LOOK)) {
            store.charge(Charge.of(item), 0);
            assertThat(item.available(0)).isEqualTo(CAPACITY - 2 * TIMES);
        }
    }

    private void charge(MemoryStore store, int items, int rules, Random random, AtomicLong admitted) {
        for (int i = 0; i < TIMES; i++) {
            List<ChargeItem> shuffled = items(items, rules, Action.TAKE);
            Collections.shuffle(shuffled, random);
            Charge charge = Charge.of(shuffled.toArray(ChargeItem[]::new));
            store.charge(charge, 0);
            if (charge.outcome() == Outcome.ADMITTED) {
                admitted.incrementAndGet();
            }
        }
    }

    /** Where there are fewer places than keys, a rule has one key: two could share an overflow entry. */
    private List<ChargeItem> items(int count, int rules, Action action) {
        List<ChargeItem> items = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ItemTemplate template = new ItemTemplate(action, limit, "rule-" + i % rules, 1);
            items.add(template.item(null, Key.of(Scope.USER, "user-" + i)));
        }
        return items;
    }
}
