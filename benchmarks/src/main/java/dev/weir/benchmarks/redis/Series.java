// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.benchmarks.report.BarChart;

/** The lines of the curves, in the order in which they are shown. */
enum Series {
    GET("floor: plain GET", Kind.GET),
    WEIR("Weir", Kind.WEIR_1),
    BATCHING("Bucket4j, batching", Kind.BUCKET4J_BATCHING),
    BUCKET4J("Bucket4j", Kind.BUCKET4J),
    GATEWAY("Spring Cloud Gateway's script", Kind.GATEWAY);

    private final String label;
    private final Kind kind;

    Series(String label, Kind kind) {
        this.label = label;
        this.kind = kind;
    }

    /** {@return what it is called in tables} */
    String label() {
        return label;
    }

    /** {@return what its answers must be, and how its commands are counted, whatever the number of its buckets} */
    Kind kind() {
        return kind;
    }

    BarChart.Kind colour() {
        return kind.colour();
    }

    /** {@return whether it knows nothing of buckets, or of several} */
    boolean isOfOne() {
        return this == GET || this == BATCHING;
    }

    /**
     * Makes a subject. Weir takes from all buckets or from none; the others from one after the other, until one refuses.
     *
     * @throws IllegalArgumentException if it cannot have so many buckets
     */
    Subject open(Site site, Load load, String[] names, int buckets) {
        if (isOfOne() && buckets != 1) {
            throw new IllegalArgumentException(this + " must have one bucket but had " + buckets);
        }
        return switch (this) {
            case GET -> new PeerSubject.Get(site, load, names);
            case WEIR -> new WeirSubject.Buckets(site, load, names, buckets);
            case BATCHING -> new Bucket4jSubject.Batching(site, load, names);
            case BUCKET4J -> new Bucket4jSubject.Plain(site, load, names, buckets);
            case GATEWAY -> new PeerSubject.Gateway(site, load, names, buckets);
        };
    }
}
