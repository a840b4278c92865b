// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers.app;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;

/** Authenticates as many an application does: its filter knows a token, or answers 401. */
public final class TokenFilter extends HttpFilter {
    private static final long serialVersionUID = 1;
    private static final String SCHEME = "Token right-";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String token = request.getHeader("Authorization");
        if (token == null || !token.startsWith(SCHEME)) {
            response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
            return;
        }
        String user = token.substring(SCHEME.length());
        chain.doFilter(
                new HttpServletRequestWrapper(request) {
                    @Override
                    public Principal getUserPrincipal() {
                        return () -> user;
                    }

                    @Override
                    public String getRemoteUser() {
                        return user;
                    }
                },
                response);
    }
}
