// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * How much time is taken to find out. Immutable.
 *
 * @param rounds how often every cell takes its turn, each time in a new JVM
 * @param warmUps how many iterations are not counted
 * @param iterations how many are
 * @param millis how long each of them is
 * @param threads with how many threads
 */
record Effort(int rounds, int warmUps, int iterations, int millis, List<Integer> threads) {

    /** So few callers that all stay in the caches. */
    static final int FEW = 1000;

    /** So many that none does. */
    static final int MANY = 1_000_000;

    static final Effort FULL = new Effort(3, 2, 4, 500, List.of(2, 1));
    static final Effort QUICK = new Effort(1, 1, 2, 400, List.of(2));

    /** What is only measured in one cell, because it explains other rows. */
    private static final Set<Kind> ASIDE = EnumSet.of(Kind.HEADERS_1, Kind.HEADERS_3, Kind.BUILD_1, Kind.BUILD_3);

    /** What takes longest to fill with many callers, and is left out there if one round must do. */
    private static final Set<Kind> SLOW =
            EnumSet.of(Kind.CHARGE_3, Kind.DECIDE_3, Kind.WHOLE_1, Kind.WHOLE_3, Kind.BUCKET4J_3);

    /** What is measured refusing everybody too. */
    private static final Set<Kind> REFUSING =
            EnumSet.of(Kind.TRY_CONSUME, Kind.CHARGE_1, Kind.DECIDE_1, Kind.BUCKET4J, Kind.BUCKET4J_PROBE);

    /**
     * One place in the tables.
     *
     * @param kind what is measured
     * @param callers over how many callers
     * @param threads with how many threads
     * @param refused whether everybody is refused
     */
    record Cell(Kind kind, int callers, int threads, boolean refused) {}

    /** {@return what is measured in one round, in this order: what is compared stands close together} */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int count : threads) {
            for (int callers : new int[] {FEW, MANY}) {
                for (Kind kind : Kind.values()) {
                    boolean aside = ASIDE.contains(kind) && (callers != FEW || count != 2);
                    boolean slow = rounds == 1 && callers == MANY && SLOW.contains(kind);
                    if (!aside && !slow) {
                        cells.add(new Cell(kind, callers, count, false));
                    }
                }
            }
        }
        REFUSING.forEach(kind -> cells.add(new Cell(kind, FEW, 2, true)));
        return cells;
    }

    void writeTo(ObjectNode raw) {
        ObjectNode effort = raw.putObject("effort");
        effort.put("rounds", rounds);
        effort.put("warmUps", warmUps);
        effort.put("iterations", iterations);
        effort.put("millis", millis);
    }
}
