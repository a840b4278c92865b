// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * The end of one request that passed: completes its decision, once, when the request has really ended.
 *
 * <p>An asynchronous request ends with the event of completion, which containers send after a time-out and an error too;
 * a request that goes asynchronous again drops its listeners, so this one is added anew.
 */
final class Ending implements AsyncListener {

    private static final Logger LOG = System.getLogger(Ending.class.getName());
    private static final int SERVER_ERROR = 500;

    private final RateLimiter limiter;
    private final Decision decision;
    private final HttpServletResponse response;
    private final @Nullable Passage passage;

    Ending(RateLimiter limiter, Decision decision, HttpServletResponse response, @Nullable Passage passage) {
        this.limiter = limiter;
        this.decision = decision;
        this.response = response;
        this.passage = passage;
    }

    RateLimiter limiter() {
        return limiter;
    }

    Decision decision() {
        return decision;
    }

    /** The chain returned and nothing goes on. */
    void now() {
        int status = 0;
        try {
            status = response.getStatus();
        } catch (Throwable e) {
            tookBack(e);
        } finally {
            complete(status);
        }
    }

    /** The chain threw, which the container will answer. */
    void threw() {
        complete(SERVER_ERROR);
    }

    /** The chain returned, but the request goes on. */
    void await(HttpServletRequest request) {
        try {
            request.getAsyncContext().addListener(this);
        } catch (Throwable e) {
            // It has ended in the meantime, or a wrapper is out of order.
            now();
            Complaints.rethrowIfFatal(e);
        }
    }

    /** Its text may hold what the caller has sent, so only its type is logged. */
    private static void tookBack(Throwable cause) {
        Complaints.rethrowIfFatal(cause);
        LOG.log(Level.DEBUG, "The container has taken the response back before the end: {0}", cause.getClass());
    }

    /** Settling changes what remains; an answer that is still here can say so. */
    private void complete(int status) {
        if (!limiter.complete(decision, status)) {
            return;
        }
        try {
            if (!response.isCommitted()) {
                Decision latest = passage == null ? null : passage.latest();
                limiter.headers(latest == null ? decision : latest, response::setHeader);
            }
        } catch (Throwable e) {
            tookBack(e);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        now();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // onComplete follows.
    }

    @Override
    public void onError(AsyncEvent event) {
        // onComplete follows.
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
