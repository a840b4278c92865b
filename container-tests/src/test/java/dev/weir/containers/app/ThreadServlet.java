// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers.app;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Says whether the container runs the request on a virtual thread. */
public final class ThreadServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        response.getWriter().print(isVirtual() ? "virtual" : "platform");
    }

    private static boolean isVirtual() throws ServletException {
        if (Runtime.version().feature() < FIRST_WITH_VIRTUAL_THREADS) {
            return false;
        }
        try {
            return (boolean) Thread.class.getMethod("isVirtual").invoke(Thread.currentThread());
        } catch (ReflectiveOperationException e) {
            throw new ServletException(e);
        }
    }
}
