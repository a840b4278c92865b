// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicInteger;

/** A filter that lets in who knows the password {@code right}, and answers 401 to everybody else. */
final class BasicAuth implements Filter {

    private final AtomicInteger attempts = new AtomicInteger();

    /** How many requests have come so far. */
    int attempts() {
        return attempts.get();
    }

    static String header(String user, String password) {
        byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(pair);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        attempts.incrementAndGet();
        HttpServletRequest http = (HttpServletRequest) request;
        String given = http.getHeader("Authorization");
        String pair = given == null
                ? ""
                : new String(Base64.getDecoder().decode(given.substring("Basic ".length())), StandardCharsets.UTF_8);
        if (!pair.endsWith(":right")) {
            ((HttpServletResponse) response).sendError(401);
            return;
        }
        Principal principal = () -> pair.substring(0, pair.indexOf(':'));
        chain.doFilter(
                new HttpServletRequestWrapper(http) {
                    @Override
                    public Principal getUserPrincipal() {
                        return principal;
                    }
                },
                response);
    }
}
