// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.Rate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

/** The locks that others rely on, seen from the map: a race would show them once in a million times. */
class KeyTableTest {

    private static final BucketLimit LIMIT =
            new BucketLimit(List.of(new Rate(20, Duration.ofSeconds(1).toNanos(), 20)), 0);

    /** Counts what comes and goes, and insists on the lock of each. */
    private static final class WatchedMap extends ConcurrentHashMap<ItemKey, dev.weir.memory.Entry> {
        private static final long serialVersionUID = 1;
        private int published;
        private int removed;

        @Override
        public dev.weir.memory.Entry putIfAbsent(ItemKey key, dev.weir.memory.Entry entry) {
            assertThat(Thread.holdsLock(entry))
                    .as("locked before anybody can find it: it has not inherited yet")
                    .isTrue();
            published++;
            return super.putIfAbsent(key, entry);
        }

        @Override
        public boolean remove(Object key, Object entry) {
            assertThat(Thread.holdsLock(entry)).isTrue();
            assertThat(((dev.weir.memory.Entry) entry).isDropped())
                    .as("marked, for those who wait for its lock")
                    .isTrue();
            removed++;
            return super.remove(key, entry);
        }
    }

    private final WatchedMap map = new WatchedMap();
    private final KeyTable table = new KeyTable(2, map);

    private static ChargeItem item(int user) {
        return new ChargeItem(Action.TAKE, LIMIT, "api", null, Key.of(Scope.USER, "user" + user), 1);
    }

    @Test
    void entries_comeAndGoLocked() {
        for (int second = 0; second < 100; second++) {
            table.admit(item(second), second * 1_000_000_000L, second);
        }
        assertThat(map.published).isBetween(10, 100);
        int swept = map.removed;
        assertThat(swept).isBetween(map.published - 2, map.published);
        List.copyOf(map.keySet()).forEach(table::remove);
        assertThat(map.removed).isEqualTo(map.published);
        assertThat(table.size()).isZero();
    }

    @Test
    void secondsUnseen_areCountedThroughTheWrap() {
        for (int second : new int[] {0, 7, (1 << 28) - 1, 1 << 28, (1 << 29) - 1, Integer.MAX_VALUE, -5}) {
            Entry entry = Entry.of(item(1), 0, second);
            entry.protect();
            for (int age : new int[] {-3600, -1, 0, 1, 59, 60, (1 << 28) - 1, 1 << 28, (1 << 29) - 3601}) {
                assertThat(entry.secondsUnseen(second + age))
                        .as("%s s after %s", age, second)
                        .isEqualTo(age);
            }
        }
    }
}
