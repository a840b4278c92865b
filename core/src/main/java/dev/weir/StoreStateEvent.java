// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import java.time.Instant;

/**
 * A shared store has gone, or is back: told to a {@link RateLimitListener}.
 *
 * @param time when, by the wall clock
 * @param answers whether the store answers now; if not, each rule's {@code on-failure} decides until it does
 * @param instances how many instances share the limits: as last seen, else as configured, else 1
 * @since 0.1
 */
public record StoreStateEvent(Instant time, boolean answers, int instances) {

    /**
     * Checks the range.
     *
     * @param time when, by the wall clock
     * @param answers whether the store answers now
     * @param instances how many instances share the limits, at least 1
     * @throws IllegalArgumentException if the number is below 1
     */
    public StoreStateEvent {
        if (instances < 1) {
            throw new IllegalArgumentException("instances must be at least 1 but was " + instances);
        }
    }

    /**
     * Returns which part of each limit is in use in this instance.
     *
     * @return 1 while the store answers; while it does not, the part that rules with {@code on-failure: local} go on with
     */
    public double share() {
        return answers ? 1 : 1.0 / instances;
    }
}
