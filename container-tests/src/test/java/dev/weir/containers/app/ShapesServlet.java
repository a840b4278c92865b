// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers.app;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Dispatches in the way that the path names. */
public final class ShapesServlet extends HttpServlet {
    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        if (request.getInputStream().readAllBytes().length != request.getContentLength()) {
            throw new ServletException("the body is not whole");
        }
        doGet(request, response);
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        String shape = request.getPathInfo().substring(1);
        switch (shape) {
            case "plain" -> response.getWriter().print("plain");
            case "forward" -> request.getRequestDispatcher("/hello").forward(request, response);
            case "include" -> {
                request.getRequestDispatcher("/hello").include(request, response);
                request.getRequestDispatcher("/hello").include(request, response);
            }
            case "error-page" -> response.sendError(409);
            case "exception" -> throw new ServletException("wanted by a test");
            case "async-complete" -> later(request.startAsync());
            case "async-dispatch" -> request.startAsync().dispatch("/hello");
            case "async-error" -> {
                AsyncContext async = request.startAsync();
                async.addListener(new Ending());
                async.setTimeout(30);
            }
            default -> throw new ServletException("there is no shape " + shape);
        }
    }

    private static void later(AsyncContext async) {
        async.start(() -> {
            try {
                async.getResponse().getWriter().print("later");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } finally {
                async.complete();
            }
        });
    }

    /** Answers an asynchronous request that has gone wrong. */
    private static final class Ending implements AsyncListener {

        @Override
        public void onTimeout(AsyncEvent event) throws IOException {
            ((HttpServletResponse) event.getAsyncContext().getResponse()).setStatus(504);
            event.getAsyncContext().complete();
        }

        @Override
        public void onError(AsyncEvent event) {}

        @Override
        public void onComplete(AsyncEvent event) {}

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
