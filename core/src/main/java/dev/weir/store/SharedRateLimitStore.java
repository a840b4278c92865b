// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

/**
 * A store that several JVMs share, and that may be out of reach.
 *
 * <p>Weir guards it: after a few failures in a row requests no longer wait for it, and each rule's failure policy decides;
 * one background thread keeps asking, never a request. The store itself need not remember failures. It sends each
 * charge at most once, whatever happens to its connection.
 *
 * <p>A store that keeps its items in several places goes on with those that it can reach: it says {@link Charge#decidePartly}
 * where some items of a charge lie in a place that is gone, and {@link Charge#failAside} where all do. The guard knows nothing
 * of places, so the store itself must remember which are gone, and not let charges wait for them. Thread-safe.
 *
 * @since 0.1
 */
public interface SharedRateLimitStore extends RateLimitStore {

    /** What {@link #heartbeat} answers while the store takes charges but what counts the JVMs is out of reach. */
    int UNCOUNTED = -1;

    /**
     * Says that this JVM is alive, does what is due for it (reconnecting, renewing its leases), and makes sure that the
     * store would take a charge now: it writes, because a store that can only be read is of no use. One that
     * keeps its items in several places answers while any of them would take a charge. Never throws.
     *
     * <p>One thread calls it, about once a second while the store answers, and about four times a second while it does not.
     *
     * @param deadlineNanos how long it may take, in nanoseconds from this call on
     * @return how many JVMs with this namespace were alive within the last 60 seconds, this one included; 0 if the store
     *     did not answer, {@link #UNCOUNTED} if it did but cannot say how many
     */
    int heartbeat(long deadlineNanos);

    /**
     * Tells how many parts of refused charges it could not give back. Whoever such a part counts is short of it until it refills.
     *
     * @return the number since it was opened; always 0 where all items of a charge are taken at one place
     */
    default long lostRefunds() {
        return 0;
    }
}
