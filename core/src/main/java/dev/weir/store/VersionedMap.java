// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import dev.weir.key.Key;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small map that all JVMs see which share a store: profiles and blocks that were set at run time. It has one version,
 * which grows by each change, so that looking whether there is anything new is cheap.
 *
 * <p>Implemented by shared stores, and read by one thread of each JVM about twice a second. Thread-safe.
 *
 * @since 0.1
 */
public interface VersionedMap {

    /** The most entries that a map holds. */
    int MAX_ENTRIES = 10_000;

    /**
     * Says under which name a caller stands in the map. It must not be possible to read the caller from it.
     *
     * @param within the caller inside whom it counts, or null
     * @param per the caller
     * @return the name, always the same for the same parts
     */
    String nameOf(@Nullable Key within, Key per);

    /**
     * Sets or removes an entry. Doing so twice does no harm.
     *
     * @param name the name
     * @param value the value, or null to remove the entry
     * @param lifeNanos after how long the entry ends, or 0 if it does not
     * @param deadlineNanos how long the store may take, in nanoseconds from this call on
     * @return whether it was done; if not, it may have been
     * @throws IllegalStateException if the map is full
     */
    boolean put(String name, @Nullable String value, long lifeNanos, long deadlineNanos);

    /**
     * Reads the map. Never throws.
     *
     * @param knownVersion the version that the caller has; he is not told entries that he knows
     * @param deadlineNanos how long the store may take, in nanoseconds from this call on
     * @return the map, without entries if its version is the known one; null if the store did not answer
     */
    @Nullable Contents read(long knownVersion, long deadlineNanos);

    /**
     * What a map holds. Immutable.
     *
     * @param version its version, 0 if it was never changed
     * @param lastRemoval the version that it had when an entry was last removed, 0 if none was
     * @param entries the entries by name
     */
    record Contents(long version, long lastRemoval, Map<String, Entry> entries) {

        /**
         * Copies the map.
         *
         * @param version its version, 0 if it was never changed
         * @param lastRemoval the version that it had when an entry was last removed, 0 if none was
         * @param entries the entries by name
         */
        public Contents {
            entries = Map.copyOf(entries);
        }
    }

    /**
     * One entry. Immutable.
     *
     * @param version the version of the map when it was set
     * @param value the value
     * @param leftNanos how long until it ends, {@link Long#MAX_VALUE} if it does not
     */
    record Entry(long version, String value, long leftNanos) {}
}
