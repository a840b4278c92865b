// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static java.util.Objects.requireNonNull;

import dev.weir.anomaly.Anomaly;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether a service may start, and if not, why and when to try again.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class StartAnswer {

    private final @Nullable StartCheck refusedBy;
    private final String reason;
    private final Duration delay;
    private final boolean degraded;
    private final @Nullable Anomaly anomaly;

    private StartAnswer(
            @Nullable StartCheck refusedBy,
            String reason,
            Duration delay,
            boolean degraded,
            @Nullable Anomaly anomaly) {
        this.refusedBy = refusedBy;
        this.reason = requireNonNull(reason, "reason");
        this.delay = requireNonNull(delay, "delay");
        this.degraded = degraded;
        this.anomaly = anomaly;
    }

    /**
     * Makes the answer that the service may start.
     *
     * @param reason why it is delayed, empty if it is not
     * @param delay how long it should wait before it starts
     * @return the answer
     */
    public static StartAnswer allowed(String reason, Duration delay) {
        return new StartAnswer(null, reason, delay, false, null);
    }

    /**
     * Makes the answer that the service may not start.
     *
     * @param check what has failed
     * @param reason why, in words
     * @param delay when it may be tried again, zero if no time helps or none is known
     * @return the answer
     */
    public static StartAnswer refused(StartCheck check, String reason, Duration delay) {
        return new StartAnswer(requireNonNull(check, "check"), reason, delay, false, null);
    }

    /**
     * Adds the anomaly that was recorded.
     *
     * @param recorded the anomaly
     * @return a changed copy
     */
    public StartAnswer withAnomaly(Anomaly recorded) {
        return new StartAnswer(refusedBy, reason, delay, degraded, requireNonNull(recorded, "recorded"));
    }

    /**
     * Says that the shared store did not answer.
     *
     * @return a changed copy
     */
    public StartAnswer asDegraded() {
        return new StartAnswer(refusedBy, reason, delay, true, anomaly);
    }

    /** {@return whether the service may start} */
    public boolean isAllowed() {
        return refusedBy == null;
    }

    /** {@return what has failed, empty if the service may start} */
    public Optional<StartCheck> refusedBy() {
        return Optional.ofNullable(refusedBy);
    }

    /**
     * Returns why it may not start, or why it is delayed: {@code Concurrent service limit reached (2/2)}. It may hold the reason
     * of a block, which is the operator's.
     *
     * @return the reason in words, empty if there is nothing to say
     */
    public String reason() {
        return reason;
    }

    /**
     * Returns how long to wait: if it may start, before it does, to ease the load; if not, before it is tried again.
     *
     * @return the delay, zero if there is none to be told
     */
    public Duration delay() {
        return delay;
    }

    /** {@return whether the shared store did not answer, so that {@code on-failure} decided and numbers are of a share} */
    public boolean isDegraded() {
        return degraded;
    }

    /** {@return the anomaly that was recorded, empty if none was; of several the last} */
    public Optional<Anomaly> anomaly() {
        return Optional.ofNullable(anomaly);
    }

    /** {@return the answer, for people} */
    @Override
    public String toString() {
        return (isAllowed() ? "StartAnswer[allowed" : "StartAnswer[refused by " + refusedBy)
                + (reason.isEmpty() ? "]" : ", " + reason + "]");
    }
}
