// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import dev.weir.identity.RateLimitRequest;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpSession;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A servlet request as Weir sees it. Reads neither the body nor parameters, makes no session, looks up no name. */
final class ServletRateLimitRequest implements RateLimitRequest {

    private final HttpServletRequest request;

    ServletRateLimitRequest(HttpServletRequest request) {
        this.request = request;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    /* Design: the servlet path and the path info are decoded, normalised and without parameters in every container; the
     * request URI is what the client wrote, and a rule that looked at it could be walked around. */
    @Override
    public String path() {
        String servletPath = request.getServletPath();
        String pathInfo = request.getPathInfo();
        String path = pathInfo == null ? servletPath : servletPath + pathInfo;
        return path.isEmpty() ? "/" : path;
    }

    @Override
    public @Nullable String header(String name) {
        return request.getHeader(name);
    }

    @Override
    public List<String> headers(String name) {
        Enumeration<String> lines = request.getHeaders(name);
        if (lines == null || !lines.hasMoreElements()) {
            return List.of();
        }
        String first = lines.nextElement();
        if (!lines.hasMoreElements()) {
            return List.of(first);
        }
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(Collections.list(lines));
        return all;
    }

    @Override
    public @Nullable Object attribute(String name) {
        return request.getAttribute(name);
    }

    /** A session that has ended in the meantime is none. */
    @Override
    public @Nullable Object sessionAttribute(String name) {
        HttpSession session = request.getSession(false);
        try {
            return session == null ? null : session.getAttribute(name);
        } catch (IllegalStateException e) {
            return null;
        }
    }

    @Override
    public @Nullable String host() {
        return request.getServerName();
    }

    @Override
    public @Nullable Principal principal() {
        return request.getUserPrincipal();
    }

    @Override
    public String remoteAddress() {
        String address = request.getRemoteAddr();
        return address == null ? "" : address;
    }

    @Override
    public <T> @Nullable T unwrap(Class<T> type) {
        return type.isInstance(request) ? type.cast(request) : null;
    }
}
