// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An attribute of the session that a request has, if it has one. */
final class SessionSource implements IdentitySource {

    private static final Logger LOG = System.getLogger(SessionSource.class.getName());
    private static final int MOST_LOOKED = 100;
    private static final int MOST_WATCHED = 10_000;
    private static final int DONE = Integer.MAX_VALUE;

    private final String name;
    private final Names names;
    private final AtomicInteger watched = new AtomicInteger();
    private final AtomicInteger inVain = new AtomicInteger();

    SessionSource(String name) {
        this.name = name;
        this.names = new Names("session attribute " + name);
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        Object value = request.sessionAttribute(name);
        if (watched.get() < MOST_WATCHED) {
            watch(request, value != null);
        }
        return names.of(value);
    }

    /* Design: sessions that a filter provides, such as those of Spring Session, are not there before that filter. Their
     * cookies are. */
    private void watch(RateLimitRequest request, boolean found) {
        if (found) {
            watched.set(DONE);
            return;
        }
        watched.incrementAndGet();
        String cookies = request.header("Cookie");
        if (cookies != null && cookies.contains("SESSION") && inVain.incrementAndGet() == MOST_LOOKED) {
            watched.set(DONE);
            LOG.log(
                    Level.WARNING,
                    "WEIR-007: {0} requests came with a session''s cookie, and none had the session attribute {1}. Put the"
                            + " filter behind the one that provides sessions, and check who sets the attribute. (This is"
                            + " logged once.)",
                    MOST_LOOKED,
                    name);
        }
    }
}
