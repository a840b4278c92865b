// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides whether the shared store is worth a request's time. It opens after 5 charges in a row have failed, or when half
 * of the last 20 have, and only a heartbeat closes it.
 *
 * <p>Thread-safe and without locks. While nothing has failed of late, a success is one volatile read.
 */
final class Breaker {

    private static final int IN_A_ROW = 5;
    private static final int REMEMBERED = 20;
    private static final int TOO_MANY = REMEMBERED / 2;

    private static final int RUN = (1 << IN_A_ROW) - 1;
    private static final int HISTORY = (1 << REMEMBERED) - 1;
    private static final int OPEN = 1 << REMEMBERED;
    private static final int SHUT = OPEN << 1;

    /* Design: all that there is to know is one number, so that each change is one compare-and-set: the last results, one
     * bit each, the newest lowest, 1 for a failure; or OPEN; or SHUT for ever. Results that were not there yet count as
     * successes. What comes in late while it is open changes nothing. */
    private final AtomicInteger state = new AtomicInteger();

    boolean isOpen() {
        return state.get() >= OPEN;
    }

    void succeeded() {
        int seen = state.get();
        while (seen != 0 && seen < OPEN && !state.compareAndSet(seen, (seen << 1) & HISTORY)) {
            seen = state.get();
        }
    }

    /** Answers true to the one caller whose failure has opened it. */
    boolean failed() {
        while (true) {
            int seen = state.get();
            if (seen >= OPEN) {
                return false;
            }
            int next = ((seen << 1) | 1) & HISTORY;
            boolean opens = (next & RUN) == RUN || Integer.bitCount(next) >= TOO_MANY;
            if (state.compareAndSet(seen, opens ? OPEN : next)) {
                return opens;
            }
        }
    }

    /** Opens it whatever the results were, and answers whether it was closed. */
    boolean open() {
        int seen = state.get();
        while (seen < OPEN) {
            if (state.compareAndSet(seen, OPEN)) {
                return true;
            }
            seen = state.get();
        }
        return false;
    }

    /** Closes it, and answers whether it was open. For the heartbeat only. */
    boolean close() {
        return state.compareAndSet(OPEN, 0);
    }

    /** Opens it for ever. */
    void shut() {
        state.set(SHUT);
    }
}
