// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;

/** {@code GET /}: the page, and the few files that belong to it. Whatever else is asked is not found. */
final class PageServlet extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html;charset=UTF-8",
            "demo.css", "text/css;charset=UTF-8",
            "demo.js", "text/javascript;charset=UTF-8",
            "weir.svg", "image/svg+xml");

    private final transient Map<String, byte[]> files = new HashMap<>();

    PageServlet() {
        TYPES.keySet().forEach(name -> files.put(name, read(name)));
    }

    private static byte[] read(String name) {
        try (InputStream in = PageServlet.class.getResourceAsStream("page/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the page lacks " + name);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getServletPath();
        String name = path.equals("/") ? "index.html" : path.substring(1);
        byte[] file = files.get(name);
        if (file == null) {
            Json.problem(response, HttpServletResponse.SC_NOT_FOUND, "Not Found", "There is nothing at this path.");
            return;
        }
        response.setContentType(TYPES.get(name));
        response.setHeader("Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cache-Control", "no-cache");
        response.setContentLength(file.length);
        response.getOutputStream().write(file);
    }
}
