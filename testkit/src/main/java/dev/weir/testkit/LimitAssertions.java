// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.Decision;
import dev.weir.Decision.Status;
import dev.weir.RateLimiter;
import dev.weir.identity.RateLimitRequest;
import java.time.Duration;
import org.junit.jupiter.api.AssertionFailureBuilder;

/**
 * What an application asserts of its own limits.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * RateLimiter limiter = RateLimiter.builder(Path.of("weir.yaml")).time(clock).build();
 * FakeRequest hello = FakeRequest.get("/api/hello").user("fred");
 * LimitAssertions.assertAdmitsExactly(20, limiter, hello);
 * LimitAssertions.assertRefusedFor(Duration.ofSeconds(3), limiter, clock, hello);
 * }</pre>
 *
 * <p>Each request that is admitted here ends at once, with status 200. The clock has to be the one that the limiter and
 * its store count by. Not for tests of many at once: nothing here starts a thread.
 *
 * @since 0.1
 */
public final class LimitAssertions {

    private LimitAssertions() {}

    /**
     * Asserts that one request is admitted.
     *
     * @param limiter the limiter
     * @param request the request
     * @throws AssertionError if it is not
     */
    public static void assertAdmitted(RateLimiter limiter, RateLimitRequest request) {
        Decision decision = decide(limiter, request);
        if (!decision.isAdmitted()) {
            throw failure("ADMITTED", text(decision), request.toString());
        }
    }

    /**
     * Asserts that as many requests are admitted at once, one after the other, and the next is refused.
     *
     * @param expected how many, at least 0
     * @param limiter the limiter
     * @param request the request, which is decided again and again
     * @throws AssertionError if fewer or more are admitted, or the next one is not refused with a time to come back
     */
    public static void assertAdmitsExactly(int expected, RateLimiter limiter, RateLimitRequest request) {
        for (int admitted = 0; admitted < expected; admitted++) {
            Decision decision = decide(limiter, request);
            if (!decision.isAdmitted()) {
                throw failure(expected + " admitted", admitted + ", then " + text(decision), request.toString());
            }
        }
        Decision next = decide(limiter, request);
        if (next.status() != Status.REFUSED) {
            throw failure(expected + " admitted, then REFUSED", expected + ", then " + text(next), request.toString());
        }
    }

    /**
     * Asserts that a request is refused now and until so much time has passed, and admitted then. Moves the clock on by
     * that time.
     *
     * @param wait how long, above zero
     * @param limiter the limiter
     * @param clock the clock of the limiter
     * @param request the request
     * @throws IllegalArgumentException if the wait is not above zero
     * @throws AssertionError if it is admitted earlier or refused still
     */
    public static void assertRefusedFor(
            Duration wait, RateLimiter limiter, ManualClock clock, RateLimitRequest request) {
        if (wait.isZero() || wait.isNegative()) {
            throw new IllegalArgumentException("wait must be above zero but was " + wait);
        }
        assertRefused("now", limiter, request);
        clock.advance(wait.minusNanos(1));
        assertRefused("one nanosecond before " + wait + " have passed", limiter, request);
        clock.advanceNanos(1);
        Decision decision = decide(limiter, request);
        if (!decision.isAdmitted()) {
            throw failure("ADMITTED", text(decision), request + " after " + wait);
        }
    }

    private static void assertRefused(String when, RateLimiter limiter, RateLimitRequest request) {
        Decision decision = decide(limiter, request);
        if (decision.status() != Status.REFUSED) {
            throw failure("REFUSED", text(decision), request + " " + when);
        }
    }

    private static Decision decide(RateLimiter limiter, RateLimitRequest request) {
        Decision decision = limiter.decide(request);
        limiter.complete(decision, decision.isAdmitted() ? 200 : 0);
        return decision;
    }

    private static String text(Decision decision) {
        return decision.isAdmitted()
                ? decision.status().toString()
                : decision.status() + " by " + decision.refusingRules();
    }

    private static AssertionError failure(String expected, String actual, String what) {
        return AssertionFailureBuilder.assertionFailure()
                .message(what)
                .expected(expected)
                .actual(actual)
                .build();
    }
}
