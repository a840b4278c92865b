// SPDX-License-Identifier: Apache-2.0
package dev.weir.readme;

import dev.weir.RateLimiter;
import dev.weir.identity.Identity;
import dev.weir.servlet.RateLimitFilter;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.nio.file.Path;

/** What docs/install/code.md shows. */
public final class Limits implements ServletContextListener {

    private RateLimiter limiter;

    @Override
    public void contextInitialized(ServletContextEvent event) {
        limiter = RateLimiter.builder(Path.of("weir.yaml"))
                .resolver(request -> Identity.of(request.header("X-Tenant"), null))
                .build();
        RateLimitFilter.register(event.getServletContext(), limiter);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        limiter.close();
    }
}
