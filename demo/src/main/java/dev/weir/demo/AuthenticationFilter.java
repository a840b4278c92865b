// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import java.util.Optional;

/**
 * Believes who says {@code Authorization: Bearer NAME}, which only a demo may do. Without the header a caller is
 * anonymous; an unknown name is answered 401. Stands before the rate limiter, which finds the user as the principal and
 * the tenant in an attribute.
 */
final class AuthenticationFilter extends HttpFilter {

    /** The request attribute that the reference configuration reads the tenant from. */
    static final String TENANT = "tenantId";

    private static final long serialVersionUID = 1;
    private static final String SCHEME = "Bearer ";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String header = request.getHeader("Authorization");
        if (header == null) {
            chain.doFilter(request, response);
            return;
        }
        Optional<Caller> caller = header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                ? Caller.named(header.substring(SCHEME.length()).trim())
                : Optional.empty();
        if (caller.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"weir demo\"");
            Json.problem(response, HttpServletResponse.SC_UNAUTHORIZED, "Unauthorized", "Nobody here has this name.");
            return;
        }
        caller.get().tenant().ifPresent(tenant -> request.setAttribute(TENANT, tenant));
        chain.doFilter(new Authenticated(request, caller.get().name()), response);
    }

    /** A request of a caller who is known. */
    private static final class Authenticated extends HttpServletRequestWrapper {

        private final String user;

        Authenticated(HttpServletRequest request, String user) {
            super(request);
            this.user = user;
        }

        @Override
        public Principal getUserPrincipal() {
            return () -> user;
        }

        @Override
        public String getRemoteUser() {
            return user;
        }
    }
}
