// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** {@code GET /demo/state}: what the page polls. */
final class StateServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient Standings standings;

    StateServlet(Standings standings) {
        this.standings = standings;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Json.answer(response, HttpServletResponse.SC_OK, standings.now());
    }
}
