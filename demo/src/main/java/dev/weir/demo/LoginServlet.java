// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** {@code POST /login} with the form fields {@code user} and {@code password}: 401 unless the password is right. */
final class LoginServlet extends HttpServlet {

    /** The password of everybody. */
    static final String PASSWORD = "let-me-in";

    private static final long serialVersionUID = 1;

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Caller> caller =
                Optional.ofNullable(request.getParameter("user")).flatMap(Caller::named);
        if (caller.isPresent() && PASSWORD.equals(request.getParameter("password"))) {
            Json.answer(
                    response,
                    HttpServletResponse.SC_OK,
                    Map.of("welcome", caller.get().name()));
        } else {
            Json.problem(response, HttpServletResponse.SC_UNAUTHORIZED, "Unauthorized", "Wrong user or password.");
        }
    }
}
