// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.time.TimeSource;

/**
 * A clock whose times are counted from an origin, so that none overflows.
 *
 * @param time the clock
 * @param origin its reading that counts as zero
 */
record Watch(TimeSource time, long origin) {

    long now() {
        return time.nanoTime() - origin;
    }
}
