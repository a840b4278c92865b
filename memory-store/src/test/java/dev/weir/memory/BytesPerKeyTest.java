// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static dev.weir.memory.Crowd.user;
import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemTemplate;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RateLimitStore;
import dev.weir.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How much heap a key costs, measured. Design: 128 bytes with one bandwidth beside the key itself, 24 for each further, 8 for
 * each entry of a rolling log. What is asserted are ceilings, above which something has been added by mistake.
 */
@Tag("heavy")
class BytesPerKeyTest {

    private static final int KEYS = 500_000;
    private static final int LOGS = 20_000;

    private static volatile Object kept;

    /** What one of so many things costs that can be reached through the object that is made. */
    private static double bytesEach(int count, Supplier<Object> maker) {
        kept = null;
        long before = Crowd.heap();
        kept = maker.get();
        long after = Crowd.heap();
        assertThat(kept).isNotNull();
        kept = null;
        return (double) (after - before) / count;
    }

    private static RateLimitStore store(int keys, Limit limit, int times) {
        MemoryStore store = new MemoryStore(keys, new ManualClock());
        ItemTemplate template = new ItemTemplate(Action.TAKE, limit, "api", 1);
        for (int i = 0; i < keys; i++) {
            for (int k = 0; k < times; k++) {
                assertThat(Crowd.admits(store, template.item(null, user(name(i)))))
                        .isTrue();
            }
        }
        assertThat(store.keys()).isEqualTo(keys);
        return store;
    }

    private static String name(int number) {
        return "user" + (1_000_000 + number);
    }

    private static Limit bandwidths(int count) {
        List<Rate> rates = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            rates.add(new Rate(100L * i, Duration.ofMinutes(i).toNanos(), 100L * i));
        }
        return new BucketLimit(rates, 0);
    }

    /** The key with its name, and not the reference to it. */
    private static double key() {
        return bytesEach(KEYS, () -> {
                    ItemKey[] keys = new ItemKey[KEYS];
                    ItemTemplate template = new ItemTemplate(Action.TAKE, bandwidths(1), "api", 1);
                    for (int i = 0; i < KEYS; i++) {
                        keys[i] = template.item(null, user(name(i))).plain();
                    }
                    return keys;
                })
                - Integer.BYTES;
    }

    @Test
    void bucket_costsSoManyBytesBesideItsKey() {
        double key = key();
        double one = bytesEach(KEYS, () -> store(KEYS, bandwidths(1), 1)) - key;
        double two = bytesEach(KEYS, () -> store(KEYS, bandwidths(2), 1)) - key;
        double three = bytesEach(KEYS, () -> store(KEYS, bandwidths(3), 1)) - key;
        System.out.printf(
                "BytesPerKeyTest: the key itself %.1f B; a bucket beside it %.1f B (aim 128), a second bandwidth %.1f B, a"
                        + " third %.1f B (aim 24)%n",
                key, one, two - one, three - two);
        assertThat(key).isLessThan(128);
        assertThat(one).isLessThan(160);
        assertThat(two - one).isLessThan(32);
        assertThat(three - two).isLessThan(32);
    }

    @Test
    void rollingLog_costsSoManyBytesForEachEntry() {
        Limit limit = Crowd.rolling(1_000, Duration.ofHours(1));
        double one = bytesEach(LOGS, () -> store(LOGS, limit, 1));
        StringBuilder line = new StringBuilder();
        for (int live : new int[] {65, 100, 128, 129, 250}) {
            double each = (bytesEach(LOGS, () -> store(LOGS, limit, live)) - one) / (live - 1);
            line.append(String.format(Locale.ROOT, " %.1f B at %d,", each, live));
            assertThat(each).as("at %s live entries", live).isLessThan(18);
        }
        System.out.printf(
                "BytesPerKeyTest: for each live rolling entry (aim 8)%s one log of one entry %.1f B%n", line, one);
    }
}
