// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers.app;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** Weir's filter, of whose end it is printed how long that took. */
public final class TimedFilter implements Filter {

    /** What is printed before the milliseconds. */
    public static final String TOOK = "The end of Weir's filter took ";

    private final Filter weir;

    /** Made by the container, with the JAR of the application. */
    public TimedFilter() throws ReflectiveOperationException {
        weir = Class.forName("dev.weir.servlet.RateLimitFilter")
                .asSubclass(Filter.class)
                .getConstructor()
                .newInstance();
    }

    @Override
    public void init(FilterConfig config) throws ServletException {
        weir.init(config);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        weir.doFilter(request, response, chain);
    }

    @Override
    public void destroy() {
        long start = System.nanoTime();
        weir.destroy();
        System.out.println(TOOK + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) + " ms.");
    }
}
