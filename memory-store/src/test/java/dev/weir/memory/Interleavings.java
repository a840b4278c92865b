// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import java.util.Set;
import kotlin.jvm.functions.Function1;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/** What Lincheck is told about the store: between which steps threads take turns. */
final class Interleavings {

    /* Not Lease: what it is given back by is called through it, and is where leases race. */
    private static final Set<String> LOCAL = Set.of(
            "Charge",
            "ChargeItem",
            "ItemKey",
            "ItemName",
            "ItemTemplate",
            "Limit",
            "BucketLimit",
            "RollingLimit",
            "LeaseLimit",
            "Rate");

    private Interleavings() {}

    /**
     * The table and its iterators, the clock and the states of Bucket4j are taken as they are: threads take turns between their
     * methods, not within. A charge is nobody else's, and names and limits never change.
     */
    static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .addGuarantee(of(Interleavings::isWhole).allMethods().treatAsAtomic())
                .addGuarantee(of(Interleavings::isLocal).allMethods().ignore())
                .minimizeFailedScenario(false);
    }

    private static ManagedStrategyGuarantee.MethodBuilder of(Function1<String, Boolean> classes) {
        return ManagedStrategyGuaranteeKt.forClasses(classes);
    }

    private static boolean isWhole(String name) {
        return name.startsWith("java.util.concurrent.ConcurrentHashMap")
                || name.equals("java.util.Iterator")
                || name.equals("dev.weir.time.TimeSource")
                || name.equals("dev.weir.testkit.ManualClock")
                || name.startsWith("io.github.bucket4j.");
    }

    private static boolean isLocal(String name) {
        return name.startsWith("dev.weir.key.")
                || (name.startsWith("dev.weir.store.") && LOCAL.contains(name.substring("dev.weir.store.".length())));
    }
}
