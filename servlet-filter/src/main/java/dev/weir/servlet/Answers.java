// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.Refusal;
import dev.weir.Stage;
import dev.weir.identity.RateLimitRequest;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Writes what was decided into responses, whatever state filters before have left them in. Thread-safe. */
final class Answers {

    private static final String EXPOSE = "Access-Control-Expose-Headers";

    private final Complaints complaints;

    Answers(Complaints complaints) {
        this.complaints = complaints;
    }

    /** A response that a filter has wrapped badly goes without the headers. */
    void tryWriteHeaders(
            RateLimiter decides, Decision decision, HttpServletRequest request, HttpServletResponse response) {
        try {
            writeHeaders(decides, decision, request, response);
        } catch (Throwable e) {
            complaints.addUnlessFatal("The rate-limit headers cannot be written.", e);
        }
    }

    private static void writeHeaders(
            RateLimiter decides, Decision decision, HttpServletRequest request, HttpServletResponse response) {
        if (decision.status() == Decision.Status.EXEMPT || response.isCommitted()) {
            return;
        }
        decides.headers(decision, response::setHeader);
        if (request.getHeader("Origin") != null && !isExposedByEdge(decides, decision, response)) {
            response.addHeader(EXPOSE, decides.exposedHeaders());
        }
    }

    /** That header is added, not set, because the application has its own. */
    private static boolean isExposedByEdge(RateLimiter decides, Decision decision, HttpServletResponse response) {
        return decision.stage() == Stage.IDENTITY && response.getHeaders(EXPOSE).contains(decides.exposedHeaders());
    }

    void refuse(
            RateLimiter decides,
            Decision decision,
            RateLimitRequest seen,
            HttpServletRequest request,
            HttpServletResponse response)
            throws IOException {
        Refusal refusal = decides.refusal(seen, decision);
        try {
            if (response.isCommitted()) {
                complaints.add("A request is refused, but a filter before this one has sent an answer already. Put the"
                        + " RateLimitFilter before it.");
                return;
            }
            response.setStatus(refusal.status());
            response.resetBuffer();
            tryWriteHeaders(decides, decision, request, response);
            writeBody(refusal, response);
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            complaints.addUnlessFatal("A refusal cannot be written whole.", e);
        }
    }

    private static void writeBody(Refusal refusal, HttpServletResponse response) throws IOException {
        refusal.headers().forEach(response::setHeader);
        byte[] body = refusal.body();
        if (refusal.contentType() != null) {
            response.setContentType(refusal.contentType());
        }
        ServletOutputStream out;
        try {
            out = response.getOutputStream();
        } catch (IllegalStateException e) {
            // A filter before this one has asked for the writer, whose encoding may need another length.
            response.getWriter().write(new String(body, StandardCharsets.UTF_8));
            return;
        }
        response.setContentLength(body.length);
        out.write(body);
    }
}
