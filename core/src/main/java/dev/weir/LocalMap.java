// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.key.Key;
import dev.weir.store.VersionedMap;
import dev.weir.time.TimeSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The map of a limiter whose store is not shared. It does not leave the JVM, so names are what they are. Thread-safe. */
final class LocalMap implements VersionedMap {

    private record Held(long version, String value, boolean ends, long endNanos) {}

    private final TimeSource time;
    private final Map<String, Held> entries = new HashMap<>(); // guarded by this
    private long version; // guarded by this
    private long lastRemoval; // guarded by this

    LocalMap(TimeSource time) {
        this.time = time;
    }

    /** The length of the first part keeps apart what would read the same. */
    @Override
    public String nameOf(@Nullable Key within, Key per) {
        String outer = within == null ? "" : within.scope().word() + within.value();
        return outer.length() + ":" + outer + per.scope().word() + per.value();
    }

    @Override
    public synchronized boolean put(String name, @Nullable String value, long lifeNanos, long deadlineNanos) {
        long now = time.nanoTime();
        entries.values().removeIf(held -> held.ends && now - held.endNanos >= 0);
        version++;
        if (value == null) {
            entries.remove(name);
            lastRemoval = version;
        } else {
            entries.put(name, new Held(version, value, lifeNanos > 0, now + lifeNanos));
        }
        return true;
    }

    @Override
    public synchronized Contents read(long knownVersion, long deadlineNanos) {
        if (knownVersion == version) {
            return new Contents(version, lastRemoval, Map.of());
        }
        long now = time.nanoTime();
        Map<String, Entry> found = new HashMap<>();
        entries.forEach((name, held) ->
                found.put(name, new Entry(held.version, held.value, held.ends ? held.endNanos - now : Long.MAX_VALUE)));
        return new Contents(version, lastRemoval, found);
    }
}
