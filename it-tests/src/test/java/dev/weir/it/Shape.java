// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import dev.weir.it.WebApp.Handler;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** The ways in which a container may run one request of a client. */
@SuppressWarnings("ImmutableEnumChecker") // The handlers hold nothing.
enum Shape {
    PLAIN(200, (request, response) -> response.getWriter().print("plain")),
    FORWARD(200, (request, response) -> request.getRequestDispatcher("/target").forward(request, response)),
    FORWARD_TWICE(
            200, (request, response) -> request.getRequestDispatcher("/again").forward(request, response)),
    INCLUDE(200, (request, response) -> {
        request.getRequestDispatcher("/target").include(request, response);
        request.getRequestDispatcher("/target").include(request, response);
    }),
    SEND_ERROR(409, (request, response) -> response.sendError(409)),
    SEND_ERROR_WITHOUT_PAGE(410, (request, response) -> response.sendError(410)),
    EXCEPTION_WITH_PAGE(500, (request, response) -> {
        throw new IllegalStateException("wanted by a test");
    }),
    EXCEPTION_WITHOUT_PAGE(500, (request, response) -> {
        throw new ServletException("wanted by a test");
    }),
    ERROR_THROWN(500, (request, response) -> {
        throw new AssertionError("wanted by a test");
    }),
    HEAD(200, (request, response) -> response.getWriter().print("head")),
    ASYNC_COMPLETE(200, (request, response) -> soon(request.startAsync(), AsyncContext::complete)),
    ASYNC_COMPLETE_AT_ONCE(
            200, (request, response) -> request.startAsync(request, response).complete()),
    ASYNC_DISPATCH(200, (request, response) -> soon(request.startAsync(), async -> async.dispatch("/target"))),
    ASYNC_DISPATCH_AT_ONCE(
            200, (request, response) -> request.startAsync(request, response).dispatch("/target")),
    ASYNC_DISPATCH_TWICE(200, (request, response) -> {
        AsyncContext async = request.startAsync();
        if (request.getDispatcherType() == DispatcherType.REQUEST) {
            soon(async, AsyncContext::dispatch);
        } else {
            soon(async, again -> again.dispatch("/target"));
        }
    }),
    ASYNC_TIMEOUT(500, (request, response) -> request.startAsync().setTimeout(30)),
    ASYNC_TIMEOUT_HANDLED(503, (request, response) -> {
        AsyncContext async = request.startAsync();
        async.setTimeout(30);
        async.addListener(new Unavailable());
    }),
    ASYNC_ERROR(500, (request, response) -> soon(request.startAsync(), async -> async.dispatch("/throws"))),
    ASYNC_THEN_EXCEPTION(500, (request, response) -> {
        request.startAsync().setTimeout(30);
        throw new IllegalStateException("wanted by a test");
    }),
    CLIENT_ABORT(0, (request, response) -> {
        byte[] block = new byte[1 << 16];
        for (int i = 0; i < 4000; i++) {
            response.getOutputStream().write(block);
            response.flushBuffer();
        }
    });

    /** Answers a time-out itself. */
    private static final class Unavailable implements AsyncListener {
        @Override
        public void onTimeout(AsyncEvent event) {
            ((HttpServletResponse) event.getAsyncContext().getResponse()).setStatus(503);
            event.getAsyncContext().complete();
        }

        @Override
        public void onComplete(AsyncEvent event) {
            // Nothing to do.
        }

        @Override
        public void onError(AsyncEvent event) {
            // Nothing to do.
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            // Nothing to do.
        }
    }

    /** What a client sees; 0 for one that has hung up. */
    final int status;

    private final Handler handler;

    Shape(int status, Handler handler) {
        this.status = status;
        this.handler = handler;
    }

    String path() {
        return "/" + name().toLowerCase(Locale.ROOT);
    }

    /** Adds all servlets and error pages that the shapes need. */
    static WebApp addAll(WebApp app) {
        for (Shape shape : values()) {
            app.servlet(shape.path(), shape.handler);
        }
        return app.servlet(
                        "/target", (request, response) -> response.getWriter().print("target"))
                .servlet("/again", FORWARD.handler)
                .servlet("/throws", EXCEPTION_WITH_PAGE.handler)
                .servlet(
                        "/page",
                        (request, response) ->
                                request.getRequestDispatcher("/view").forward(request, response))
                .servlet("/view", (request, response) -> response.getWriter().print("page"))
                .errorPage(409, "/page")
                .errorPage(IllegalStateException.class, "/page");
    }

    /** Whether a container may wait for its own clock, a second perhaps, before such a request ends. */
    boolean isSlow() {
        return this == ASYNC_TIMEOUT || this == ASYNC_TIMEOUT_HANDLED || this == ASYNC_THEN_EXCEPTION;
    }

    /**
     * Sends such a request, whatever is answered.
     *
     * @return the answer; of one who hangs up no more than its status
     */
    Answer ask(Container container, String... headers) throws IOException {
        return this == CLIENT_ABORT
                ? new Answer(Http.abort(container, path(), headers), Map.of(), "")
                : Http.send(container, this == HEAD ? "HEAD" : "GET", path(), "", headers);
    }

    /** Sends such a request, and checks that it went the way it was meant to. */
    void send(Container container, String... headers) throws IOException {
        if (this == CLIENT_ABORT) {
            Http.abort(container, path(), headers);
            return;
        }
        Answer answer = ask(container, headers);
        if (answer.status() != status) {
            throw new AssertionError(this + " was answered " + answer.status() + " " + answer.body());
        }
    }

    private static void soon(AsyncContext async, Consumer<AsyncContext> then) {
        CompletableFuture.delayedExecutor(5, TimeUnit.MILLISECONDS).execute(() -> then.accept(async));
    }
}
