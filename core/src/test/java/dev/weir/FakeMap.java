// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.key.Key;
import dev.weir.store.VersionedMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A map that several instances of a test share. Whether it answers is for the test to say. */
final class FakeMap implements VersionedMap {

    final List<String> puts = new ArrayList<>();
    final Map<String, Entry> entries = new HashMap<>();
    boolean answers = true;
    boolean full;
    int reads;
    long version;
    long lastRemoval;

    @Override
    public String nameOf(@Nullable Key within, Key per) {
        return within + " " + per;
    }

    @Override
    public boolean put(String name, @Nullable String value, long lifeNanos, long deadlineNanos) {
        if (!answers) {
            return false;
        }
        if (full) {
            throw new IllegalStateException("full");
        }
        puts.add(name + "=" + value + " " + lifeNanos);
        version++;
        if (value == null) {
            entries.remove(name);
            lastRemoval = version;
        } else {
            entries.put(name, new Entry(version, value, lifeNanos == 0 ? Long.MAX_VALUE : lifeNanos));
        }
        return true;
    }

    @Override
    public @Nullable Contents read(long knownVersion, long deadlineNanos) {
        reads++;
        if (!answers) {
            return null;
        }
        return new Contents(version, lastRemoval, knownVersion == version ? Map.of() : entries);
    }
}
