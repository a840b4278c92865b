// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import org.jspecify.annotations.Nullable;

/**
 * The mark on a request that has come by the edge: what was decided there, and whether it has come to the second stage.
 * Written by the request's thread; {@link #latest} may be asked by the one that ends it.
 */
final class Passage {

    private final RateLimiter limiter;
    private @Nullable Decision edge;
    private volatile @Nullable Decision latest;
    private boolean identified;

    Passage(RateLimiter limiter) {
        this.limiter = limiter;
    }

    boolean isOf(@Nullable RateLimiter other) {
        return limiter == other;
    }

    /** Answers true once: when the request comes to the second stage. */
    boolean enterIdentity() {
        boolean first = !identified;
        identified = true;
        return first;
    }

    /** What the edge has decided, or null if it could not. */
    @Nullable Decision edge() {
        return edge;
    }

    void decided(@Nullable Decision decision) {
        if (!identified) {
            edge = decision;
        }
        latest = decision == null ? latest : decision;
    }

    /** What the headers are to say: that of the second stage, once it has decided. */
    @Nullable Decision latest() {
        return latest;
    }
}
