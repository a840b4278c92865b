// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.SecurityPolicy;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartCheck;
import dev.weir.admission.StartRefused;
import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Services of users: {@code POST /runner/run} starts one, {@code DELETE /runner/PROJECT_ID} ends it, {@code GET
 * /runner/summary} tells of anomalies. A caller acts for himself; one who is trusted acts for anybody, named by
 * {@code user_id}, and may send what that user is to have.
 */
final class RunnerServlet extends HttpServlet {

    private static final long serialVersionUID = 1;
    private static final int MAX_BYTES = 1 << 20;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final String PERMISSION = "permission";
    private static final String VALIDATION = "validation";

    private final transient Runner runner;
    private final transient SecurityPolicy policy;

    RunnerServlet(Runner runner, SecurityPolicy policy) {
        this.runner = runner;
        this.policy = policy;
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Caller caller = caller(request, response);
        if (caller == null) {
            return;
        }
        if (!"/run".equals(request.getPathInfo())) {
            notFound(response);
            return;
        }
        try {
            run(caller, RunRequest.read(body(request)), response);
        } catch (IllegalArgumentException e) {
            failed(response, HttpServletResponse.SC_BAD_REQUEST, VALIDATION, String.valueOf(e.getMessage()));
        }
    }

    private void run(Caller caller, RunRequest run, HttpServletResponse response) throws IOException {
        if (!caller.isTrusted() && (!run.user().equals(caller.name()) || run.profile() != null)) {
            String reason =
                    run.profile() != null ? "Only platform may send a profile" : "You may act for yourself only";
            policy.anomalies()
                    .record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS)
                            .identity(caller.identity())
                            .service(run.project())
                            .details(reason));
            refused(response, HttpServletResponse.SC_FORBIDDEN, reason);
            return;
        }
        Map<?, ?> profile = run.profile();
        if (profile != null) {
            String user = Runner.named(run.user());
            policy.setProfile(user, run.profile(profile, policy, user));
        }
        try {
            started(response, run, runner.run(run.user(), run.project(), run.port()));
        } catch (StartRefused e) {
            refused(response, e.answer());
        }
    }

    private static void started(HttpServletResponse response, RunRequest run, StartAnswer answer) throws IOException {
        String message = "Service " + run.project() + " started on port " + run.port();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("success", true);
        body.put("message", message);
        body.put("port", run.port());
        body.put("logs", answer.reason().isEmpty() ? List.of(message) : List.of(answer.reason(), message));
        Json.answer(response, HttpServletResponse.SC_OK, body);
    }

    private static void refused(HttpServletResponse response, StartAnswer answer) throws IOException {
        Duration delay = answer.delay();
        if (!delay.isZero()) {
            response.setHeader(
                    "Retry-After", Long.toString(delay.plusNanos(999_999_999).toSeconds()));
        }
        refused(response, status(answer.refusedBy().orElseThrow()), answer.reason());
    }

    /** A number that is used up, what nobody may, or no room. */
    private static int status(StartCheck check) {
        return switch (check) {
            case START_RATE, SERVICES_AT_ONCE, HOURLY_STARTS, MEMORY, CPU -> TOO_MANY_REQUESTS;
            case BLOCK, PORT -> HttpServletResponse.SC_FORBIDDEN;
            case OVERLOAD, STORE -> HttpServletResponse.SC_SERVICE_UNAVAILABLE;
        };
    }

    @Override
    protected void doDelete(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Caller caller = caller(request, response);
        if (caller == null) {
            return;
        }
        String path = request.getPathInfo();
        String project = path == null ? "" : path.substring(1);
        if (!project.matches(RunRequest.PROJECT)) {
            notFound(response);
            return;
        }
        String user = request.getParameter("user_id");
        if (user != null && !caller.isTrusted() && !user.equals(caller.name())) {
            refused(response, HttpServletResponse.SC_FORBIDDEN, "You may act for yourself only");
            return;
        }
        List<String> users =
                user != null ? List.of(user) : caller.isTrusted() ? runner.usersOf(project) : List.of(caller.name());
        if (users.size() > 1) {
            failed(
                    response,
                    HttpServletResponse.SC_BAD_REQUEST,
                    VALIDATION,
                    "Several users run " + project + "; say which with ?user_id=");
        } else if (users.isEmpty() || !runner.end(users.get(0), project)) {
            failed(response, HttpServletResponse.SC_NOT_FOUND, "not_found", "Nothing runs here as " + project);
        } else {
            String message = "Service " + project + " ended";
            Json.answer(
                    response,
                    HttpServletResponse.SC_OK,
                    ordered("success", true, "message", message, "logs", List.of(message)));
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (caller(request, response) == null) {
            return;
        }
        if ("/summary".equals(request.getPathInfo())) {
            Json.answer(
                    response,
                    HttpServletResponse.SC_OK,
                    RunnerState.summary(policy.anomalies().summary()));
        } else {
            notFound(response);
        }
    }

    /** Who calls; nobody may do anything here without a name. */
    private static Caller caller(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Optional<Caller> caller =
                request.getUserPrincipal() == null ? Optional.empty() : Caller.named(request.getRemoteUser());
        if (caller.isEmpty()) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"weir demo\"");
            Json.problem(response, HttpServletResponse.SC_UNAUTHORIZED, "Unauthorized", "Say who you are.");
        }
        return caller.orElse(null);
    }

    private static String body(HttpServletRequest request) throws IOException {
        byte[] bytes = request.getInputStream().readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
            throw new IllegalArgumentException("the body is longer than 1 MiB");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the body is not UTF-8", e);
        }
    }

    private static void notFound(HttpServletResponse response) throws IOException {
        Json.problem(response, HttpServletResponse.SC_NOT_FOUND, "Not Found", "There is nothing at this path.");
    }

    private static void refused(HttpServletResponse response, int status, String reason) throws IOException {
        Map<String, Object> body = ordered("success", false, "message", reason, "error_category", PERMISSION);
        body.put("logs", List.of("\uD83D\uDD12 Security: " + reason));
        Json.answer(response, status, body);
    }

    private static void failed(HttpServletResponse response, int status, String category, String reason)
            throws IOException {
        Map<String, Object> body = ordered("success", false, "message", reason, "error_category", category);
        body.put("logs", List.of(reason));
        Json.answer(response, status, body);
    }

    /** Values in the order in which they are given. */
    private static Map<String, Object> ordered(
            String first, Object one, String second, Object two, String third, Object three) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, two);
        map.put(third, three);
        return map;
    }
}
