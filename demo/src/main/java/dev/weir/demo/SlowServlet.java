// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code GET /api/slow?ms=N}: answers asynchronously after N milliseconds, and holds a place in flight until then. */
final class SlowServlet extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final Logger LOG = System.getLogger(SlowServlet.class.getName());
    private static final int MAX_MS = 30_000;
    private static final int GRACE_MS = 5_000;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String asked = request.getParameter("ms");
        int ms = asked == null ? 1_000 : milliseconds(asked);
        if (ms < 0) {
            Json.problem(
                    response, HttpServletResponse.SC_BAD_REQUEST, "Bad Request", "ms must be 0 to " + MAX_MS + ".");
            return;
        }
        AsyncContext async = request.startAsync();
        async.setTimeout(ms + GRACE_MS);
        CompletableFuture.delayedExecutor(ms, TimeUnit.MILLISECONDS).execute(() -> finish(async, response, ms));
    }

    private static int milliseconds(String text) {
        try {
            int ms = Integer.parseInt(text);
            return ms > MAX_MS ? -1 : ms;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static void finish(AsyncContext async, HttpServletResponse response, int ms) {
        try {
            Json.answer(response, HttpServletResponse.SC_OK, Map.of("waitedMs", ms));
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "The caller has gone", e);
        } finally {
            async.complete();
        }
    }
}
