// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import java.time.Duration;
import java.util.Locale;

/**
 * The numbers that all subjects are given alike. Immutable.
 *
 * @param amount how much comes back in a period
 * @param period how long that is
 * @param capacity how much can be taken at once
 */
record Load(long amount, Duration period, long capacity) {

    /**
     * Refuses nobody while it is measured, and gives so little back that no bucket is whole again, which a store may forget.
     * As large as both Bucket4j's arithmetic and Redis' numbers hold exactly.
     */
    static final Load OPEN = new Load(1, Duration.ofMinutes(10), 5_000_000);

    /** Refuses everybody who has come five times. */
    static final Load SCARCE = new Load(5, Duration.ofDays(1), 5);

    /** {@return how much comes back in a second} */
    double perSecond() {
        return (double) amount / period.toSeconds();
    }

    /** {@return the quota as the configuration writes it} */
    String text() {
        return String.format(Locale.ROOT, "%d/%ds burst %d", amount, period.toSeconds(), capacity);
    }
}
