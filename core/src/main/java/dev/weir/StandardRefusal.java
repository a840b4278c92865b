// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import java.util.List;

/**
 * The answers that Weir gives by itself: RFC 9457 with the problem types of draft-ietf-httpapi-ratelimit-headers-10. They
 * name the rule, never the caller. Names of rules have no character that JSON would escape.
 */
final class StandardRefusal {

    private static final String TYPES = "https://iana.org/assignments/http-problem-types#";
    private static final String JSON = "application/problem+json";
    private static final String FORBIDDEN = "{\"type\":\"about:blank\",\"title\":\"Forbidden\",\"status\":403}";
    private static final String UNAVAILABLE = "{\"type\":\"" + TYPES + "temporary-reduced-capacity\","
            + "\"title\":\"Temporarily reduced capacity\",\"status\":503,"
            + "\"detail\":\"Rate limits cannot be checked at the moment.\"}";

    private final boolean withBody;

    StandardRefusal(boolean withBody) {
        this.withBody = withBody;
    }

    Refusal of(Decision decision) {
        return switch (decision.status()) {
            case BLOCKED -> answer(403, FORBIDDEN);
            case UNAVAILABLE -> answer(503, UNAVAILABLE);
            case SHED -> answer(503, shed(decision));
            case REFUSED -> answer(429, exceeded(decision, retryDetail(decision)));
            case IMPOSSIBLE -> answer(429, exceeded(decision, "This request costs more than the quota can ever hold."));
            case ADMITTED, EXEMPT -> throw new IllegalArgumentException("the request is not refused");
        };
    }

    private Refusal answer(int status, String body) {
        Refusal refusal = Refusal.of(status);
        return withBody ? refusal.withBody(JSON, body) : refusal;
    }

    private static String retryDetail(Decision decision) {
        return "Too many requests. " + retryIn(decision);
    }

    private static String retryIn(Decision decision) {
        long seconds = decision.retryAfterSeconds();
        return "Retry in " + seconds + (seconds == 1 ? " second." : " seconds.");
    }

    private static String shed(Decision decision) {
        return "{\"type\":\"" + TYPES + "temporary-reduced-capacity\",\"title\":\"Temporarily reduced capacity\","
                + "\"status\":503,\"detail\":\"The server is under load. " + retryIn(decision) + "\"}";
    }

    private static String exceeded(Decision decision, String detail) {
        List<String> rules = decision.refusingRules();
        String violated = rules.isEmpty() ? "" : ",\"violated-policies\":[\"" + String.join("\",\"", rules) + "\"]";
        return "{\"type\":\"" + TYPES + "quota-exceeded\",\"title\":\"Quota exceeded\",\"status\":429,\"detail\":\""
                + detail + "\"" + violated + "}";
    }
}
