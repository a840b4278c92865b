// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

/** What stands before the servlet. */
enum Variant {
    /** Nothing: what the others are compared with. */
    NONE("no limiter"),
    /** What the container brings: Tomcat's RateLimitFilter with its headers on, Jetty's DoSFilter. */
    OWN("the container's own"),
    /** A map of Bucket4j buckets by address, with three headers. */
    NAIVE("naive Bucket4j filter"),
    /** Weir with the same job: one bucket by address, three headers. */
    WEIR_1("Weir, 1 rule"),
    /** The same with all headers, which is the default. */
    WEIR_1_ALL_HEADERS("Weir, 1 rule, all 5 headers"),
    /** Weir with rules by tenant, user and address, three headers. */
    WEIR_3("Weir, 3 rules");

    private final String title;

    Variant(String title) {
        this.title = title;
    }

    String title() {
        return title;
    }

    boolean isWeir() {
        return name().startsWith("WEIR");
    }
}
