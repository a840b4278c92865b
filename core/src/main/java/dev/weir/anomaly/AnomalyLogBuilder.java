// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static java.util.Objects.requireNonNull;

import dev.weir.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an anomaly log does with its events. Not thread-safe; build, then share the result.
 *
 * @since 0.1
 */
public final class AnomalyLogBuilder {

    private static final int MAX_REMEMBER = 1_000_000;

    @Nullable Integer remember;

    @Nullable TimeSource time;

    AnomalyLogBuilder() {}

    /**
     * Sets how many events are remembered.
     *
     * @param most how many, 0 to 1,000,000; {@value AnomalyLog#DEFAULT_REMEMBER} unless set
     * @return this
     * @throws IllegalArgumentException if {@code most} is out of range
     */
    public AnomalyLogBuilder remember(int most) {
        if (most < 0 || most > MAX_REMEMBER) {
            throw new IllegalArgumentException("remember must be 0 to " + MAX_REMEMBER + " but was " + most);
        }
        this.remember = once(this.remember, most, "remember");
        return this;
    }

    /**
     * Reads time from these clocks, in tests for instance.
     *
     * @param clocks the clocks
     * @return this
     */
    public AnomalyLogBuilder time(TimeSource clocks) {
        this.time = once(this.time, clocks, "time");
        return this;
    }

    private static <T> T once(@Nullable T before, T now, String name) {
        requireNonNull(now, name);
        if (before != null) {
            throw new IllegalStateException(name + " was already set");
        }
        return now;
    }

    /**
     * Makes the log.
     *
     * @return the log, which the application closes
     */
    public AnomalyLog build() {
        return new AnomalyLog(this);
    }
}
