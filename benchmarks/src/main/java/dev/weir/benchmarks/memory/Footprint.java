// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Quota;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * What a caller's entry weighs: the heap after a full collection, before and after so many callers came, in a JVM of its
 * own. The callers' names are there before, so they are never counted.
 */
enum Footprint {
    WEIR_1("Weir: 1 bandwidth", Kind.TRY_CONSUME, 1_000_000),
    WEIR_3("Weir: 3 bandwidths", Kind.TRY_CONSUME, 1_000_000),
    WEIR_ROLLING_1("Weir: rolling, 1 live entry", Kind.TRY_CONSUME, 100_000),
    WEIR_ROLLING_101("Weir: rolling, 101 live entries", Kind.TRY_CONSUME, 100_000),
    WEIR_KEY("(Weir: the key itself)", Kind.TRY_CONSUME, 1_000_000),
    BUCKET4J("Bucket4j", Kind.BUCKET4J, 1_000_000),
    RESILIENCE4J("Resilience4j", Kind.RESILIENCE4J, 1_000_000),
    GUAVA("Guava", Kind.GUAVA, 1_000_000),
    TOMCAT("Tomcat's counter", Kind.TOMCAT, 1_000_000),
    RAW_STATE("floor: bucket state under a lock", Kind.RAW_STATE, 1_000_000),
    CAS("floor: one compare-and-set", Kind.CAS, 1_000_000);

    /** How many entries the longer of the two rolling logs has. */
    static final int LIVE = 101;

    /** The serial collector leaves dead objects where they are, but for every fourth time. */
    private static final int COLLECTIONS = 4;

    private final String label;
    private final Kind kind;
    private final int callers;

    Footprint(String label, Kind kind, int callers) {
        this.label = label;
        this.kind = kind;
        this.callers = callers;
    }

    String label() {
        return label;
    }

    Kind kind() {
        return kind;
    }

    int callers() {
        return callers;
    }

    /** {@return bytes for each caller, as a JVM of its own finds them} */
    double measure() throws IOException, InterruptedException {
        return measure(callers);
    }

    /** {@return bytes for each of so many callers, as a JVM of its own finds them} */
    double measure(int count) throws IOException, InterruptedException {
        String java = ProcessHandle.current().info().command().orElse("java");
        String classPath = System.getProperty("java.class.path");
        Process fork = new ProcessBuilder(
                        java,
                        "-Xmx3g",
                        "-XX:+UseSerialGC",
                        "-cp",
                        classPath,
                        Fork.class.getName(),
                        name(),
                        Integer.toString(count))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream said = fork.getInputStream()) {
            String text = new String(said.readAllBytes(), StandardCharsets.UTF_8).strip();
            if (fork.waitFor() != 0) {
                throw new IOException(this + " ended with " + fork.exitValue() + " " + text);
            }
            return Double.parseDouble(text);
        } finally {
            fork.destroy();
        }
    }

    /** The JVM of its own. */
    static final class Fork {

        private Fork() {}

        /**
         * Prints the bytes for each caller.
         *
         * @param args the name of the footprint, and for how many callers
         */
        public static void main(String[] args) {
            System.out.println(valueOf(args[0]).bytes(Integer.parseInt(args[1])));
        }
    }

    /* Design: what a JVM that has done other work lets go of in the meantime would count as well. */
    private double bytes(int count) {
        String[] names = Proof.names(count);
        Object filled = null;
        try {
            long before = used();
            filled = fill(names);
            double each = (double) (used() - before) / count;
            return this == WEIR_KEY ? each - Integer.BYTES : each;
        } finally {
            Reference.reachabilityFence(filled);
            Reference.reachabilityFence(names);
        }
    }

    private Object fill(String... names) {
        if (this == WEIR_KEY) {
            return keys(names);
        }
        Subject subject = open(names);
        Proof.fill(kind, subject, names.length, false);
        for (int i = 1; this == WEIR_ROLLING_101 && i < LIVE; i++) {
            Proof.fill(kind, subject, names.length, false);
        }
        return subject;
    }

    private Subject open(String... names) {
        return switch (this) {
            case WEIR_3 ->
                new WeirSubject.TryConsume(
                        names, Load.OPEN.quota(), Quota.perHour(1_000_000), Quota.perDay(10_000_000));
            case WEIR_ROLLING_1, WEIR_ROLLING_101 ->
                new WeirSubject.TryConsume(names, new Quota(LIVE, Duration.ofDays(1), LIVE, true));
            default -> kind.open(names, Load.OPEN);
        };
    }

    /** The array itself weighs 4 bytes for each, which {@link #bytes} takes off. */
    private static ItemKey[] keys(String... names) {
        ItemKey[] keys = new ItemKey[names.length];
        for (int i = 0; i < names.length; i++) {
            keys[i] = new ItemKey(ItemKind.BUCKET, "quota", null, Key.of(Scope.USER, names[i]));
        }
        return keys;
    }

    @SuppressWarnings("SystemGc")
    private static long used() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.getHeapMemoryUsage(); // the first answer leaves two megabytes of garbage behind
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        return memory.getHeapMemoryUsage().getUsed();
    }
}
