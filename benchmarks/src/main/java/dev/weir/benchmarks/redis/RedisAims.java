// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import dev.weir.benchmarks.redis.Effort.Cell;
import dev.weir.benchmarks.redis.Measured.Quantity;
import dev.weir.benchmarks.report.Aims;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.benchmarks.report.Rounds;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the design aims at, beside what was measured. Speeds are turned round, so that less is better everywhere: how fast a
 * peer is beside Weir. Immutable.
 */
final class RedisAims {

    private static final List<Kind> CHARGES = List.of(Kind.WEIR_1, Kind.WEIR_2, Kind.WEIR_3, Kind.WEIR_LEASE);
    private static final double THREE_BUCKETS_CPU = 1.7;
    private static final double THREE_BUCKETS_SPEED = 2.5;
    private static final double REFUSALS = 0.01;

    private final Measured measured;
    private final int threads;
    private final int many;

    RedisAims(Measured measured, int threads, int many) {
        this.measured = measured;
        this.threads = threads;
        this.many = many;
    }

    String markdown() {
        Aims aims = new Aims();
        for (Kind kind : CHARGES) {
            most(kind, Quantity.SCRIPTS)
                    .ifPresent(most -> aims.atMost(
                            kind.label() + ": charge commands for a decision, in every round",
                            1,
                            most,
                            RedisAims::count));
        }
        fewerCommands(aims, new Cell(Kind.WEIR_1, 1, threads));
        most(Kind.WEIR_REFUSED, Quantity.SENT)
                .ifPresent(most -> aims.atMost(
                        "repeated refusals: commands for one, in every round", REFUSALS, most, RedisAims::count));
        for (int callers : new int[] {1, many}) {
            String where = where(callers);
            ratio(Quantity.CPU, new Cell(Kind.WEIR_1, callers, threads), Kind.GATEWAY)
                    .ifPresent(ratio -> aims.atMost(
                            "Redis CPU of 1 bucket beside Spring Cloud Gateway's script" + where,
                            1,
                            ratio,
                            Numbers::ratio));
            ratio(Quantity.CPU, new Cell(Kind.WEIR_3, callers, threads), Kind.GATEWAY)
                    .ifPresent(ratio -> aims.atMost(
                            "Redis CPU of 3 buckets beside Spring Cloud Gateway's script" + where,
                            THREE_BUCKETS_CPU,
                            ratio,
                            Numbers::ratio));
        }
        faster(aims, new Cell(Kind.BUCKET4J_BATCHING, 1, threads), Kind.WEIR_1, 1);
        faster(aims, new Cell(Kind.GATEWAY, many, threads), Kind.WEIR_1, 1);
        for (int callers : new int[] {1, many}) {
            faster(aims, new Cell(Kind.BUCKET4J_3, callers, threads), Kind.WEIR_3, 1 / THREE_BUCKETS_SPEED);
        }
        // Three of its decisions, one after the other, are a third as fast as one.
        ratio(Quantity.PER_SECOND, new Cell(Kind.GATEWAY, many, threads), Kind.WEIR_3)
                .ifPresent(ratio -> aims.atMost(
                        "speed of three decisions of Spring Cloud Gateway's script beside Weir: 3 buckets"
                                + where(many),
                        1 / THREE_BUCKETS_SPEED,
                        ratio / 3,
                        Numbers::ratio));
        return aims.markdown();
    }

    /** Charges that wait travel together, so where many wait there are fewer commands than decisions: in every round. */
    private void fewerCommands(Aims aims, Cell cell) {
        String what = cell.kind().label() + ": charge commands for a decision" + where(cell.callers());
        measured.rounds(cell, Quantity.SCRIPTS)
                .ifPresent(rounds -> aims.below(what, 1, rounds.most(), RedisAims::count));
    }

    private void faster(Aims aims, Cell peer, Kind weir, double atMost) {
        String what = "speed of " + peer.kind().label() + " beside " + weir.label() + where(peer.callers());
        ratio(Quantity.PER_SECOND, peer, weir).ifPresent(ratio -> aims.atMost(what, atMost, ratio, Numbers::ratio));
    }

    private String where(int callers) {
        String keys = callers == 1 ? "one hot key" : String.format(Locale.ROOT, "%,d callers", callers);
        return ", " + keys + ", " + threads + " threads";
    }

    /** Within a round, of the same callers and threads. */
    private Optional<Double> ratio(Quantity quantity, Cell cell, Kind base) {
        return measured.rounds(cell, quantity)
                .flatMap(own -> measured.rounds(new Cell(base, cell.callers(), cell.threads()), quantity)
                        .map(own::ratioTo));
    }

    /** The most of all cells and rounds: what is counted holds always, not in the middle. */
    private Optional<Double> most(Kind kind, Quantity quantity) {
        return measured.cells().stream()
                .filter(cell -> cell.kind() == kind)
                .flatMap(cell -> measured.rounds(cell, quantity).stream())
                .map(Rounds::most)
                .max(Double::compare);
    }

    private static String count(double number) {
        return String.format(Locale.ROOT, "%.4f", number);
    }
}
