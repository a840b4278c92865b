// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import java.util.concurrent.TimeUnit;

/**
 * How many decisions some processes had, and in what time. Immutable.
 *
 * @param decisions how many
 * @param elapsedNanos from the first question to the last answer
 */
record Answers(long decisions, long elapsedNanos) {

    static final Answers NONE = new Answers(0, 0);

    /** Reads what {@link #line} wrote. */
    static Answers parse(String line) {
        String[] words = line.split(" ", -1);
        return new Answers(Long.parseLong(words[0]), Long.parseLong(words[1]));
    }

    /** {@return both numbers, for the way between processes} */
    String line() {
        return decisions + " " + elapsedNanos;
    }

    /** Of two that ran at the same time, the longer time counts: nobody looks faster because another was late. */
    Answers together(Answers other) {
        return new Answers(decisions + other.decisions, Math.max(elapsedNanos, other.elapsedNanos));
    }

    double perSecond() {
        return (double) decisions * TimeUnit.SECONDS.toNanos(1) / elapsedNanos;
    }
}
