// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Says what the first requests tell of how a filter is mapped, each matter once. A container does not tell it at start: a
 * registration shows neither dispatchers nor whether other filters are asynchronous. Thread-safe.
 */
final class MappingWatch {

    private static final Logger LOG = System.getLogger(RateLimitFilter.class.getName());
    private static final int WATCHED_REQUESTS = 1_000;

    private enum Matter {
        TWICE(
                Level.WARNING,
                "WEIR-001: The filter sees the same request twice: it is mapped or registered twice. It is counted once."
                        + " Remove one mapping."),
        ASYNC_DISPATCH(
                Level.INFO,
                "WEIR-002: The filter is called for ASYNC dispatches, where it does nothing: write"
                        + " <dispatcher>REQUEST</dispatcher> into its mapping."),
        NOT_ASYNC(
                Level.WARNING,
                "WEIR-003: This filter, or one before it, is not async-supported: an application behind it that calls"
                        + " startAsync will fail. Write <async-supported>true</async-supported>, or setAsyncSupported(true),"
                        + " for each."),
        EDGE_BEHIND(
                Level.WARNING,
                "WEIR-009: The filter of the edge stands behind the one that it should stand before, so it sees nothing."
                        + " Map it first.");

        private final Level level;
        private final String text;

        Matter(Level level, String text) {
            this.level = level;
            this.text = text;
        }
    }

    private final Set<Matter> said = ConcurrentHashMap.newKeySet();
    private final AtomicInteger watched = new AtomicInteger();

    /** A request has come for the first time. */
    void entered(HttpServletRequest request) {
        if (watched.get() < WATCHED_REQUESTS
                && watched.getAndIncrement() < WATCHED_REQUESTS
                && !request.isAsyncSupported()) {
            say(Matter.NOT_ASYNC);
        }
    }

    /**
     * A request has come that was decided about already.
     *
     * @param passedBy whether that was by a filter that this one should stand before
     */
    void seenAgain(HttpServletRequest request, boolean passedBy) {
        DispatcherType type = request.getDispatcherType();
        if (type == DispatcherType.REQUEST) {
            say(passedBy ? Matter.EDGE_BEHIND : Matter.TWICE);
        } else if (type == DispatcherType.ASYNC) {
            say(Matter.ASYNC_DISPATCH);
        }
    }

    private void say(Matter matter) {
        if (said.add(matter)) {
            LOG.log(matter.level, matter.text + " (This is logged once.)");
        }
    }
}
