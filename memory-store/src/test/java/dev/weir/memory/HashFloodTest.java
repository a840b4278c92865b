// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Rate;
import dev.weir.testkit.ManualClock;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A million names with one and the same String.hashCode, which anybody can make up. */
@Tag("heavy")
class HashFloodTest {

    private static final int LETTERS = 20;
    private static final int NAMES = 1 << LETTERS;
    private static final int LOOKS = 300_000;
    private static final int ROUNDS = 4;
    private static final double MOST = 3;

    private final BucketLimit limit =
            new BucketLimit(List.of(new Rate(20, Duration.ofMinutes(1).toNanos(), 20)), 0);

    /** "Aa" and "BB" have one hash code, and so has every mix of them. */
    private static String equalHash(int number) {
        StringBuilder name = new StringBuilder(2 * LETTERS);
        for (int bit = 0; bit < LETTERS; bit++) {
            name.append((number >> bit & 1) == 0 ? "Aa" : "BB");
        }
        return name.toString();
    }

    /** As long as those, and of nothing in particular. */
    private static String random(int number) {
        SplittableRandom random = new SplittableRandom(number);
        StringBuilder name = new StringBuilder(2 * LETTERS + 16);
        while (name.length() < 2 * LETTERS) {
            name.append(Long.toHexString(random.nextLong()));
        }
        return name.substring(0, 2 * LETTERS);
    }

    @Test
    void millionEqualHashCodes_areDistinctAndFoundAsFastAsOthers() {
        assertThat(equalHash(0).hashCode()).isEqualTo(equalHash(NAMES - 1).hashCode());
        long seed = Long.getLong("weir.seed", System.nanoTime());
        double chosen = Double.MAX_VALUE;
        double others = Double.MAX_VALUE;
        for (int round = 0; round < ROUNDS; round++) {
            chosen = Math.min(chosen, nanosPerLook(HashFloodTest::equalHash, seed));
            others = Math.min(others, nanosPerLook(HashFloodTest::random, seed));
        }
        System.out.printf(
                "HashFloodTest: %.0f ns for a charge of an equal hash, %.0f ns for another, -Dweir.seed=%d%n",
                chosen, others, seed);
        assertThat(chosen / others).isLessThan(MOST);
    }

    private double nanosPerLook(IntFunction<String> names, long seed) {
        try (MemoryStore store = new MemoryStore(2L * NAMES, new ManualClock())) {
            for (int i = 0; i < NAMES; i++) {
                assertThat(take(store, Key.of(Scope.USER, names.apply(i)))).isEqualTo(19);
            }
            assertThat(store.keys()).isEqualTo(NAMES);
            SplittableRandom random = new SplittableRandom(seed);
            Key[] keys = new Key[LOOKS];
            for (int i = 0; i < LOOKS; i++) {
                keys[i] = Key.of(Scope.USER, names.apply(random.nextInt(NAMES)));
            }
            long before = TimeSource.system().nanoTime();
            long left = 0;
            for (Key key : keys) {
                left += take(store, key);
            }
            long nanos = TimeSource.system().nanoTime() - before;
            assertThat(left).isBetween(17L * LOOKS, 18L * LOOKS);
            return (double) nanos / LOOKS;
        }
    }

    private long take(MemoryStore store, Key key) {
        ChargeItem item = new ChargeItem(Action.TAKE, limit, "api", null, key, 1);
        store.charge(Charge.of(item), 0);
        return item.available(0);
    }
}
