// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import java.time.Duration;
import java.util.Map;

/**
 * What the configuration says about the store.
 *
 * @param type which store, such as {@code memory}
 * @param namespace the name under which applications share their limits in a shared store
 * @param maxKeys the most keys that memory holds, at least 1
 * @param deadline the most that a decision waits for the store
 * @param options the checked text of the section that has the type's own name, such as {@code redis}; secrets resolved
 * @since 0.1
 */
public record StoreSettings(
        String type, String namespace, long maxKeys, Duration deadline, Map<String, String> options) {

    /** The name under which applications share their limits unless told otherwise. */
    public static final String DEFAULT_NAMESPACE = "weir";

    /** The most keys that memory holds unless told otherwise. */
    public static final long DEFAULT_MAX_KEYS = 1_000_000;

    /** The most that a decision waits for the store unless told otherwise. */
    public static final Duration DEFAULT_DEADLINE = Duration.ofMillis(25);

    /**
     * Checks the range and copies the options.
     *
     * @param type which store, such as {@code memory}
     * @param namespace the name under which applications share their limits in a shared store
     * @param maxKeys the most keys that memory holds, at least 1
     * @param deadline the most that a decision waits for the store
     * @param options the checked text of the section that has the type's own name, such as {@code redis}; secrets resolved
     * @throws IllegalArgumentException if {@code maxKeys} is below 1
     */
    public StoreSettings {
        options = Map.copyOf(options);
        if (maxKeys < 1) {
            throw new IllegalArgumentException("maxKeys must be at least 1 but was " + maxKeys);
        }
    }

    /**
     * Returns the settings of a memory store.
     *
     * @param maxKeys the most keys that it holds, at least 1
     * @return settings with all else at its default
     */
    public static StoreSettings memory(long maxKeys) {
        return new StoreSettings("memory", DEFAULT_NAMESPACE, maxKeys, DEFAULT_DEADLINE, Map.of());
    }

    /** {@return all but the options, which may hold secrets} */
    @Override
    public String toString() {
        return "StoreSettings[type=" + type + ", namespace=" + namespace + ", maxKeys=" + maxKeys + ", deadline="
                + deadline + ", options=" + options.keySet() + "]";
    }
}
