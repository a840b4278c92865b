// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How much time is taken to find out. Immutable.
 *
 * @param rounds how often every cell takes its turn
 * @param warmUp how long a cell runs before it counts
 * @param window how long it counts
 * @param many over how many callers, beside one
 * @param threads with how many threads
 */
record Effort(int rounds, Duration warmUp, Duration window, int many, List<Integer> threads) {

    static final Effort FULL =
            new Effort(5, Duration.ofMillis(300), Duration.ofMillis(1000), 100_000, List.of(1, 8, 32));
    static final Effort QUICK = new Effort(3, Duration.ofMillis(200), Duration.ofMillis(400), 10_000, List.of(1, 8));

    /** How many callers are refused again and again. */
    static final int REFUSED = 100;

    /** With how many threads all callers are made known. */
    static final int FILLERS = 8;

    /**
     * One place in the tables.
     *
     * @param kind what is measured
     * @param callers over how many callers
     * @param threads with how many threads
     */
    record Cell(Kind kind, int callers, int threads) {}

    /** {@return how many callers a subject must know} */
    int callers(Kind kind) {
        return kind.refuses() ? REFUSED : many;
    }

    /** {@return what is measured in one round, in this order: what is compared stands close together} */
    List<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (int count : threads) {
            for (int callers : new int[] {1, many}) {
                for (Kind kind : Kind.values()) {
                    if (!kind.refuses()) {
                        cells.add(new Cell(kind, callers, count));
                    }
                }
            }
            cells.add(new Cell(Kind.WEIR_REFUSED, REFUSED, count));
        }
        return cells;
    }

    void writeTo(ObjectNode raw) {
        ObjectNode effort = raw.putObject("effort");
        effort.put("rounds", rounds);
        effort.put("warmUpMillis", warmUp.toMillis());
        effort.put("windowMillis", window.toMillis());
        effort.put("many", many);
    }
}
