// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.benchmarks.redis.Effort.Cell;
import dev.weir.benchmarks.redis.Measured.Quantity;
import dev.weir.benchmarks.report.BarChart;
import dev.weir.benchmarks.report.BarChart.Bar;
import dev.weir.benchmarks.report.Environment;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.benchmarks.report.Rounds;
import dev.weir.benchmarks.report.Section;
import dev.weir.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/** The sections of {@code docs/benchmarks.md} that show decisions in Redis. Immutable. */
final class RedisReport {

    private static final String NONE = "–";

    /** From this load average per core on, others took part of the time. */
    private static final double BUSY = 0.5;

    private final JsonNode raw;
    private final Measured measured;
    private final int many;

    RedisReport(JsonNode raw) {
        this.raw = raw;
        this.measured = Measured.from(raw);
        this.many = raw.path("effort").path("many").asInt();
    }

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("redis", about(), Map.of()));
        sections.add(new Section("redis-aims", new RedisAims(measured, most(), many).markdown(), Map.of()));
        for (int threads : Effort.FULL.threads()) {
            sections.add(times(threads));
        }
        sections.add(costs());
        sections.add(refused());
        return sections;
    }

    /** The largest number of threads that was measured, where what is shared is shared most. */
    private int most() {
        return measured.cells().stream().mapToInt(Cell::threads).max().orElse(1);
    }

    private String about() {
        JsonNode effort = raw.path("effort");
        return String.format(
                Locale.ROOT,
                "%sMeasured %s, Redis %s on loopback. Rounds: %d, in each of which every cell had %d ms to warm up and %d ms"
                        + " that counted. Medians of the rounds.",
                warnings(raw),
                Environment.from(raw).sentence(),
                raw.path("redis").asText(),
                effort.path("rounds").asInt(),
                effort.path("warmUpMillis").asInt(),
                effort.path("windowMillis").asInt());
    }

    /** {@return why the numbers may not be what they seem, with a space behind it; empty if all is well} */
    static String warnings(JsonNode raw) {
        double load = raw.path("load").asDouble();
        boolean busy = load > BUSY * raw.path("cores").asInt(1);
        String quick = raw.path("quick").asBoolean() ? "**A quick run, too short to quote.** " : "";
        return busy
                ? String.format(
                        Locale.ROOT,
                        "%s**The machine was busy** (load %.1f before it began): times are rough. ",
                        quick,
                        load)
                : quick;
    }

    private Section times(int threads) {
        String name = "redis-" + threads + (threads == 1 ? "-thread" : "-threads");
        String title = "Decisions in Redis, " + threads + (threads == 1 ? " thread" : " threads");
        String callers = String.format(Locale.ROOT, "%,d callers", many);
        BarChart chart = new BarChart(title, "Decisions a second; more is better.", "one hot key", callers);
        Table table = new Table("", "one hot key", "p50", "p99", "Redis CPU", callers, "p50", "p99", "Redis CPU");
        boolean shown = false;
        for (Kind kind : Kind.values()) {
            Cell hot = new Cell(kind, 1, threads);
            Cell cold = new Cell(kind, many, threads);
            if (measured.rounds(hot, Quantity.PER_SECOND).isEmpty()) {
                continue;
            }
            shown = true;
            List<String> row = new ArrayList<>(List.of(kind.label()));
            row.addAll(four(hot));
            row.addAll(four(cold));
            table.row(row);
            chart.row(kind.label(), kind.colour(), List.of(bar(hot), bar(cold)));
        }
        return shown ? Section.of(name, "", chart, table) : new Section(name, "Not measured.", Map.of());
    }

    private List<String> four(Cell cell) {
        return List.of(
                text(cell, Quantity.PER_SECOND, RedisReport::perSecond),
                text(cell, Quantity.P50, Numbers::time),
                text(cell, Quantity.P99, Numbers::time),
                text(cell, Quantity.CPU, Numbers::time));
    }

    private Bar bar(Cell cell) {
        double value =
                measured.rounds(cell, Quantity.PER_SECOND).map(Rounds::median).orElse(0.0);
        return new Bar(value, text(cell, Quantity.PER_SECOND, RedisReport::perSecond));
    }

    private Section costs() {
        String callers = String.format(Locale.ROOT, "%,d callers", many);
        Table table = new Table(
                "with " + most() + " threads",
                "one hot key: commands sent",
                "all commands",
                "bytes in",
                "bytes out",
                callers + ": commands sent",
                "all commands",
                "bytes in",
                "bytes out");
        for (Kind kind : Kind.values()) {
            if (!kind.refuses()) {
                List<String> row = new ArrayList<>(List.of(kind.label()));
                row.addAll(counts(new Cell(kind, 1, most())));
                row.addAll(counts(new Cell(kind, many, most())));
                table.row(row);
            }
        }
        return new Section("redis-costs", table.markdown(), Map.of());
    }

    private List<String> counts(Cell cell) {
        return List.of(
                text(cell, Quantity.SENT, RedisReport::count),
                text(cell, Quantity.COMMANDS, RedisReport::count),
                text(cell, Quantity.BYTES_IN, Numbers::bytes),
                text(cell, Quantity.BYTES_OUT, Numbers::bytes));
    }

    private Section refused() {
        Table table = new Table("threads", "decisions", "p50", "p99", "Redis CPU", "commands sent for 100");
        for (Cell cell : measured.cells()) {
            if (cell.kind() == Kind.WEIR_REFUSED) {
                List<String> row = new ArrayList<>(List.of(Integer.toString(cell.threads())));
                row.addAll(four(cell));
                row.add(text(cell, Quantity.SENT, sent -> count(sent * 100)));
                table.row(row);
            }
        }
        return new Section("redis-refused", table.markdown(), Map.of());
    }

    private String text(Cell cell, Quantity quantity, DoubleFunction<String> unit) {
        return measured.rounds(cell, quantity)
                .map(rounds -> unit.apply(rounds.median()))
                .orElse(NONE);
    }

    private static String perSecond(double number) {
        return String.format(Locale.ROOT, "%,.0f/s", number);
    }

    private static String count(double number) {
        return String.format(Locale.ROOT, number < 10 ? "%.2f" : "%.1f", number);
    }
}
