// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * What a {@link SharedRateLimitStore} implements too if profiles and blocks that are set on one instance shall count on all.
 * With a store that does not, they count on the instance where they are set.
 *
 * @since 0.1
 */
public interface SharedMaps {

    /**
     * Finds a map.
     *
     * @param name its name: lower-case letters
     * @return the map of that name, the same for all who share the store
     */
    VersionedMap map(String name);
}
