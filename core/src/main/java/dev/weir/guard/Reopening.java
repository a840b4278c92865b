// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

/**
 * Decides how long a breaker stays open though heartbeats are answered. A store that was gone is back with its first
 * heartbeat. One that answers heartbeats and fails charges (because it is slower than their deadline, or lacks a right that only
 * they need) would let five requests wait in vain after each; so from the third time on that the breaker opens within ten seconds
 * of its closing, it stays open for a while, each time twice as long as before. Two may be two outages too short for a heartbeat.
 *
 * <p>Thread-safe.
 */
final class Reopening {

    static final long SOON_NANOS = 10_000_000_000L;
    static final long FIRST_HOLD_NANOS = 500_000_000;
    static final long LONGEST_HOLD_NANOS = 30_000_000_000L;

    private static final int ALLOWED = 2;

    private long openedNanos; // this and the others: guarded by this
    private int inVain;
    private long closedNanos;
    private long holdNanos;
    private boolean wasClosed;

    /** Charges have opened the breaker. */
    synchronized void opened(long now) {
        openedNanos = now;
        if (!wasClosed || now - closedNanos >= SOON_NANOS) {
            inVain = 0;
            holdNanos = 0;
        } else if (++inVain > ALLOWED) {
            holdNanos = holdNanos == 0 ? FIRST_HOLD_NANOS : Math.min(2 * holdNanos, LONGEST_HOLD_NANOS);
        }
    }

    /** A heartbeat has failed, so the store is really gone, and will be back with the next that is answered. */
    synchronized void forget() {
        inVain = 0;
        holdNanos = 0;
        wasClosed = false;
    }

    synchronized boolean mayClose(long now) {
        return now - openedNanos >= holdNanos;
    }

    synchronized void closed(long now) {
        closedNanos = now;
        wasClosed = true;
    }
}
