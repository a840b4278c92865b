// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.benchmarks.report.BarChart;
import dev.weir.redisrig.CommandCounts;
import java.util.function.ToLongFunction;

/** The subjects, in the order in which they are shown. */
enum Kind {
    GET("floor: plain GET", counts -> counts.calls("get"), PeerSubject.Get::new),
    WEIR_1("Weir: 1 bucket", counts -> 0, (site, load, names) -> new WeirSubject.Buckets(site, load, names, 1)),
    WEIR_2("Weir: 2 buckets", counts -> 0, (site, load, names) -> new WeirSubject.Buckets(site, load, names, 2)),
    WEIR_3("Weir: 3 buckets", counts -> 0, (site, load, names) -> new WeirSubject.Buckets(site, load, names, 3)),
    /** Its release is a command of its own, of a kind that the script uses only where a limit changes. */
    WEIR_LEASE("Weir: 1 bucket and a lease", counts -> counts.calls("zrem"), WeirSubject.BucketAndLease::new),
    WEIR_REFUSED("Weir: refused", counts -> 0, WeirSubject.Guarded::new),
    /** Its script begins with reading what it compares, so as many of the reads are inside as there are scripts. */
    BUCKET4J("Bucket4j", Kind::readsOutside, (site, load, names) -> new Bucket4jSubject.Plain(site, load, names, 1)),
    BUCKET4J_3(
            "Bucket4j, 3 buckets in turn",
            Kind::readsOutside,
            (site, load, names) -> new Bucket4jSubject.Plain(site, load, names, 3)),
    BUCKET4J_BATCHING("Bucket4j, batching", Kind::readsOutside, Bucket4jSubject.Batching::new),
    REDISSON("Redisson", counts -> 0, PeerSubject.Redisson::new),
    GATEWAY(
            "Spring Cloud Gateway's script",
            counts -> 0,
            (site, load, names) -> new PeerSubject.Gateway(site, load, names, 1));

    /** Makes a subject. */
    private interface Factory {
        Subject open(Site site, Load load, String... names);
    }

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final ToLongFunction<CommandCounts> outside;

    @SuppressWarnings("ImmutableEnumChecker") // method references without state
    private final Factory factory;

    Kind(String label, ToLongFunction<CommandCounts> outside, Factory factory) {
        this.label = label;
        this.outside = outside;
        this.factory = factory;
    }

    private static long readsOutside(CommandCounts counts) {
        return counts.calls("get") - scripts(counts);
    }

    /** {@return how many scripts were run} */
    static long scripts(CommandCounts counts) {
        return counts.calls("evalsha") + counts.calls("eval");
    }

    /** {@return how many commands came over the network: scripts, and what is none and not inside of one} */
    long sent(CommandCounts counts) {
        return scripts(counts) + outside.applyAsLong(counts);
    }

    /** {@return what it is called in tables} */
    String label() {
        return label;
    }

    /** {@return whether it is measured refusing} */
    boolean refuses() {
        return this == WEIR_REFUSED;
    }

    BarChart.Kind colour() {
        if (this == GET) {
            return BarChart.Kind.FLOOR;
        }
        return label.startsWith("Weir") ? BarChart.Kind.OWN : BarChart.Kind.PEER;
    }

    Subject open(Site site, Load load, String... names) {
        return factory.open(site, load, names);
    }
}
