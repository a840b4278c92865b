// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;

/** {@code GET /demo/state}: what the page polls. */
final class StateServlet extends HttpServlet {

    private static final long serialVersionUID = 1;

    private final transient Standings standings;
    private final transient RunnerState runner;

    StateServlet(Standings standings, RunnerState runner) {
        this.standings = standings;
        this.runner = runner;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Map<String, Object> state = standings.now();
        state.putAll(runner.now());
        Json.answer(response, HttpServletResponse.SC_OK, state);
    }
}
