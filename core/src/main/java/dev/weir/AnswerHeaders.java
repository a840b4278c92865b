// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.ItemTag.RateText;
import dev.weir.config.Configuration.ResponseSettings;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import java.util.function.BiConsumer;

/**
 * Turns a decision into headers: {@code X-RateLimit-*} for the tightest rate, and the pair {@code RateLimit} and
 * {@code RateLimit-Policy} of draft-ietf-httpapi-ratelimit-headers-10 for all. The pair is written as structured fields of
 * RFC 9651; the names in it are names of rules, whose characters need no escape.
 */
final class AnswerHeaders {

    private static final int TEXT = 64;

    private final boolean xRateLimit;
    private final boolean ietf;
    private final String exposed;

    AnswerHeaders(ResponseSettings settings) {
        this.xRateLimit = settings.xRateLimit();
        this.ietf = settings.ietf();
        this.exposed = "Retry-After"
                + (xRateLimit ? ", X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset" : "")
                + (ietf ? ", RateLimit, RateLimit-Policy" : "");
    }

    /** The names that a script of another origin may read only if it is told so. */
    String exposed() {
        return exposed;
    }

    void write(Decision decision, BiConsumer<String, String> sink) {
        if (xRateLimit) {
            writeTightest(decision.shown(), sink);
        }
        if (ietf) {
            writeIetf(decision, sink);
        }
        if (!decision.isAdmitted()) {
            if (decision.retryAfterSeconds() > 0) {
                sink.accept("Retry-After", Long.toString(decision.retryAfterSeconds()));
            }
            sink.accept("Cache-Control", "no-store");
        }
    }

    private static void writeTightest(Charge charge, BiConsumer<String, String> sink) {
        RateCursor rate = new RateCursor(charge);
        if (rate.toTightest()) {
            sink.accept("X-RateLimit-Limit", rate.text().capacity());
            sink.accept("X-RateLimit-Remaining", Long.toString(RateText.bounded(rate.remaining())));
            sink.accept("X-RateLimit-Reset", Long.toString(rate.resetSeconds()));
        }
    }

    /* Design: a policy changes with the configuration only, so its text is there already; that of a single one, which is
     * the most common case, is sent as it is. */
    private static void writeIetf(Decision decision, BiConsumer<String, String> sink) {
        String policies = "";
        StringBuilder rates = new StringBuilder(TEXT);
        for (RateCursor rate = new RateCursor(decision.shown()); rate.next(); ) {
            if (Decision.shown(rate.item())) {
                policies = policies.isEmpty()
                        ? rate.text().policy()
                        : policies + ", " + rate.text().policy();
                begin(rates).append(rate.text().name()).append(";r=").append(RateText.bounded(rate.remaining()));
                appendSeconds(rates, decision, rate);
            }
        }
        if (!decision.isAdmitted()) {
            policies = appendRefusedLeases(decision.shown(), policies, rates);
        }
        if (!policies.isEmpty()) {
            sink.accept("RateLimit-Policy", policies);
            sink.accept("RateLimit", rates.toString());
        }
    }

    private static StringBuilder begin(StringBuilder list) {
        return list.length() == 0 ? list : list.append(", ");
    }

    /** The time is that of Retry-After where this rate refused, and no time where it never will do. */
    private static void appendSeconds(StringBuilder rates, Decision decision, RateCursor rate) {
        if (!rate.refused()) {
            rates.append(";t=").append(rate.resetSeconds());
        } else if (decision.retryAfterSeconds() > 0) {
            rates.append(";t=").append(decision.retryAfterSeconds());
        }
    }

    private static String appendRefusedLeases(Charge charge, String policies, StringBuilder rates) {
        StringBuilder all = new StringBuilder(policies);
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.kind() == ItemKind.LEASE && Decision.refused(item)) {
                String name = '"' + item.rule() + "-concurrent\"";
                begin(all)
                        .append(name)
                        .append(";q=")
                        .append(RateText.bounded(item.inForce().capacity(0)))
                        .append(";qu=\"concurrent-requests\"");
                begin(rates).append(name).append(";r=0");
            }
        }
        return all.toString();
    }
}
