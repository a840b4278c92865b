// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import dev.weir.benchmarks.report.BarChart;

/** The subjects, in the order in which they are shown. */
enum Kind {
    TRY_CONSUME("Weir: tryConsume(key)", 1, WeirSubject.TryConsume::new),
    CHARGE_1("Weir: the store's charge, 1 bucket", 1, (names, load) -> new WeirSubject.StoreCharge(names, load, 1)),
    CHARGE_3("Weir: the store's charge, 3 buckets", 3, (names, load) -> new WeirSubject.StoreCharge(names, load, 3)),
    DECIDE_1("Weir: decision, 1 rule", 1, (names, load) -> new WeirSubject.Decide(names, load, 1)),
    DECIDE_3("Weir: decision, 3 rules", 3, (names, load) -> new WeirSubject.Decide(names, load, 3)),
    HEADERS_1("Weir: decision, 1 rule, headers", 1, (names, load) -> new WeirSubject.DecideWithHeaders(names, load, 1)),
    HEADERS_3(
            "Weir: decision, 3 rules, headers", 3, (names, load) -> new WeirSubject.DecideWithHeaders(names, load, 3)),
    WHOLE_1("Weir: all of it, 1 rule", 1, (names, load) -> new WeirSubject.Whole(names, load, 1)),
    WHOLE_3("Weir: all of it, 3 rules", 3, (names, load) -> new WeirSubject.Whole(names, load, 3)),
    BUCKET4J("Bucket4j", 1, PeerSubject.Bucket4j::new),
    BUCKET4J_PROBE("Bucket4j, with what remains", 1, PeerSubject.Bucket4jProbe::new),
    BUCKET4J_3("Bucket4j, 3 buckets in turn", 3, PeerSubject.ThreeBuckets::new),
    RESILIENCE4J("Resilience4j", 1, PeerSubject.Resilience4j::new),
    GUAVA("Guava", 1, PeerSubject.Guava::new),
    TOMCAT("Tomcat's counter", 1, PeerSubject.Tomcat::new),
    RAW_STATE("floor: bucket state under a lock", 1, PeerSubject.RawState::new),
    CAS("floor: one compare-and-set", 1, PeerSubject.CompareAndSet::new),
    BUILD_1("(building a charge, 1 bucket)", 0, (names, load) -> new WeirSubject.ChargeAlone(names, load, 1)),
    BUILD_3("(building a charge, 3 buckets)", 0, (names, load) -> new WeirSubject.ChargeAlone(names, load, 3));

    /** Makes a subject. */
    private interface Factory {
        Subject open(String[] names, Load load);
    }

    private final String label;
    private final int buckets;

    @SuppressWarnings("ImmutableEnumChecker") // method references without state
    private final Factory factory;

    Kind(String label, int buckets, Factory factory) {
        this.label = label;
        this.buckets = buckets;
        this.factory = factory;
    }

    /** {@return what it is called in tables} */
    String label() {
        return label;
    }

    /** {@return how many entries it has for each caller; none if it decides nothing} */
    int buckets() {
        return buckets;
    }

    BarChart.Kind colour() {
        if (label.startsWith("Weir")) {
            return BarChart.Kind.OWN;
        }
        return label.startsWith("floor") ? BarChart.Kind.FLOOR : BarChart.Kind.PEER;
    }

    Subject open(String[] names, Load load) {
        return factory.open(names, load);
    }
}
