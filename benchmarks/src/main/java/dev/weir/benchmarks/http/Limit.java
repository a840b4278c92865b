// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

/**
 * How much each caller may send: the same for every variant, as far as the container's own can say it. Jetty's counts by
 * the second only, and keeps a time stamp for each request of that second.
 */
enum Limit {
    /** Refuses nothing. */
    OPEN(10_000_000, 60, 100_000),
    /** Refuses all but the first few. */
    CLOSED(5, 86_400, 5);

    private final int requests;
    private final int seconds;
    private final int perSecond;

    Limit(int requests, int seconds, int perSecond) {
        this.requests = requests;
        this.seconds = seconds;
        this.perSecond = perSecond;
    }

    int requests() {
        return requests;
    }

    int seconds() {
        return seconds;
    }

    /** What Jetty's own filter is told. */
    int perSecond() {
        return perSecond;
    }

    /** {@return the quota as Weir's configuration writes it} */
    String quota() {
        return requests + "/" + seconds + "s";
    }
}
