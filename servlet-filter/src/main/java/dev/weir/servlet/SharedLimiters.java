// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import dev.weir.RateLimiter;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.util.HashMap;
import java.util.Map;

/**
 * The limiters that the filters of one application have made of their init-params: one for each configuration and namespace,
 * so that two filters that name the same are two stages of one. Each is closed with the last filter that uses it.
 *
 * <p>Thread-safe: {@code this} guards the map.
 */
final class SharedLimiters {

    private static final String ATTRIBUTE = SharedLimiters.class.getName();

    private static final class Entry {
        private final RateLimiter limiter;
        private int users;

        Entry(RateLimiter limiter) {
            this.limiter = limiter;
        }
    }

    private final Map<String, Entry> entries = new HashMap<>();

    private SharedLimiters() {}

    static synchronized SharedLimiters of(ServletContext context) {
        if (context.getAttribute(ATTRIBUTE) instanceof SharedLimiters known) {
            return known;
        }
        SharedLimiters made = new SharedLimiters();
        context.setAttribute(ATTRIBUTE, made);
        return made;
    }

    synchronized RateLimiter acquire(FilterConfig config) throws ServletException {
        String location = config.getInitParameter(ConfigurationLocation.PARAMETER) + "\n"
                + config.getInitParameter(ConfigurationLocation.NAMESPACE);
        Entry entry = entries.get(location);
        if (entry == null) {
            entry = new Entry(
                    RateLimiter.builder(ConfigurationLocation.read(config)).build());
            entries.put(location, entry);
        }
        entry.users++;
        return entry.limiter;
    }

    synchronized void release(RateLimiter limiter) {
        for (Entry entry : entries.values()) {
            if (entry.limiter == limiter && --entry.users == 0) {
                entries.values().remove(entry);
                limiter.close();
                return;
            }
        }
    }
}
