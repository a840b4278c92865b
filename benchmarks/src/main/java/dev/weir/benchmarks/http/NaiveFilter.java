// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The limiter that a good engineer writes in thirty lines: a bucket for each address, in a map that nobody cleans, and three
 * headers. It knows no proxies, no tenants, no IPv6 networks and no bound of memory.
 */
final class NaiveFilter extends HttpFilter {

    private static final long serialVersionUID = 1;
    private static final long NANOS = 1_000_000_000;

    private final transient ConcurrentMap<String, Bucket> buckets = new ConcurrentHashMap<>();
    private final transient Bandwidth bandwidth;
    private final String limit;

    NaiveFilter(int requests, Duration period) {
        this.bandwidth = Bandwidth.builder()
                .capacity(requests)
                .refillGreedy(requests, period)
                .build();
        this.limit = Integer.toString(requests);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String address = request.getRemoteAddr();
        Bucket bucket = buckets.get(address);
        if (bucket == null) {
            bucket = buckets.computeIfAbsent(
                    address, name -> Bucket.builder().addLimit(bandwidth).build());
        }
        ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
        response.setHeader("X-RateLimit-Limit", limit);
        response.setHeader("X-RateLimit-Remaining", Long.toString(probe.getRemainingTokens()));
        response.setHeader("X-RateLimit-Reset", seconds(probe.getNanosToWaitForReset()));
        if (probe.isConsumed()) {
            chain.doFilter(request, response);
        } else {
            response.setHeader("Retry-After", seconds(probe.getNanosToWaitForRefill()));
            response.sendError(429);
        }
    }

    private static String seconds(long nanos) {
        return Long.toString((nanos + NANOS - 1) / NANOS);
    }
}
