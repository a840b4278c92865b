// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.config.Configuration.ResponseSettings;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import java.util.function.BiConsumer;

/**
 * Turns a decision into headers: {@code X-RateLimit-*} for the tightest rate, and the pair {@code RateLimit} and
 * {@code RateLimit-Policy} of draft-ietf-httpapi-ratelimit-headers-10 for all. The pair is written as structured fields of
 * RFC 9651; the names in it are names of rules, whose characters need no escape.
 */
final class AnswerHeaders {

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
            decision.tightest().ifPresent(rate -> {
                sink.accept("X-RateLimit-Limit", Long.toString(rate.limit()));
                sink.accept("X-RateLimit-Remaining", Long.toString(rate.remaining()));
                sink.accept(
                        "X-RateLimit-Reset",
                        Long.toString(Decision.ceilSeconds(rate.reset().toNanos())));
            });
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

    private static void writeIetf(Decision decision, BiConsumer<String, String> sink) {
        StringBuilder policies = new StringBuilder();
        StringBuilder rates = new StringBuilder();
        decision.forEachRate(
                (item, rate, number) -> {
                    String name = Decision.policyName(item.rule(), number);
                    appendPolicy(begin(policies, name), item.inForce(), rate);
                    begin(rates, name).append(";r=").append(item.available(rate));
                    appendSeconds(rates, decision, item, rate);
                },
                Decision::shown);
        appendRefusedLeases(decision.charge(), policies, rates);
        if (policies.length() > 0) {
            sink.accept("RateLimit-Policy", policies.toString());
            sink.accept("RateLimit", rates.toString());
        }
    }

    private static StringBuilder begin(StringBuilder list, String name) {
        return list.append(list.length() == 0 ? "\"" : ", \"").append(name).append('"');
    }

    private static void appendPolicy(StringBuilder policies, Limit limit, int rate) {
        policies.append(";q=")
                .append(limit.amount(rate))
                .append(";w=")
                .append(Math.max(1, Decision.ceilSeconds(limit.periodNanos(rate))));
        if (limit.capacity(rate) != limit.amount(rate)) {
            policies.append(";weir-burst=").append(limit.capacity(rate));
        }
    }

    /** The time is that of Retry-After where this rate refused, and no time where it never will do. */
    private static void appendSeconds(StringBuilder rates, Decision decision, ChargeItem item, int rate) {
        boolean refused = Decision.refused(item) && item.waitNanos(rate) > 0;
        if (!refused) {
            rates.append(";t=").append(Decision.ceilSeconds(item.resetNanos(rate)));
        } else if (decision.retryAfterSeconds() > 0) {
            rates.append(";t=").append(decision.retryAfterSeconds());
        }
    }

    private static void appendRefusedLeases(Charge charge, StringBuilder policies, StringBuilder rates) {
        for (int i = 0; i < charge.size(); i++) {
            ChargeItem item = charge.item(i);
            if (item.kind() == ItemKind.LEASE && Decision.refused(item)) {
                String name = item.rule() + "-concurrent";
                begin(policies, name)
                        .append(";q=")
                        .append(item.inForce().capacity(0))
                        .append(";qu=\"concurrent-requests\"");
                begin(rates, name).append(";r=0");
            }
        }
    }
}
