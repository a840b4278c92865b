// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.benchmarks.memory.Effort.Cell;
import dev.weir.benchmarks.report.Aims;
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
import java.util.Optional;

/** The sections of {@code docs/benchmarks.md} that show decisions in memory. Immutable. */
final class MemoryReport {

    private static final double SMALLEST_OBJECT = 16;
    private static final String NONE = "–";
    private static final String NOTE =
            "Processor time of one operation; less is better. The ratio is to Bucket4j with as"
                    + " many buckets, in the same round.";

    private final JsonNode raw;
    private final Cells cells;

    MemoryReport(JsonNode raw) {
        this.raw = raw;
        this.cells = Cells.from(raw);
    }

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("memory", about(), Map.of()));
        sections.add(new Section("memory-aims", aims(), Map.of()));
        sections.add(times("memory-2-threads", "A decision in memory, 2 threads", 2));
        sections.add(times("memory-1-thread", "A decision in memory, 1 thread", 1));
        sections.add(refused());
        sections.add(bytesPerKey());
        return sections;
    }

    private String about() {
        JsonNode effort = raw.path("effort");
        return String.format(
                Locale.ROOT,
                "%sMeasured %s. JVM options `%s`; rounds: %d, in each of which every cell had a JVM of its own with %d x"
                        + " %d ms to warm up and %d x %d ms that counted. Medians of the rounds. Operations took %s as long as they"
                        + " had a processor: 1 would be a machine that does nothing else.",
                raw.path("quick").asBoolean() ? "**A quick run, too short to quote.** " : "",
                Environment.from(raw).sentence(),
                raw.path("jvm").asText(),
                effort.path("rounds").asInt(),
                effort.path("warmUps").asInt(),
                effort.path("millis").asInt(),
                effort.path("iterations").asInt(),
                effort.path("millis").asInt(),
                Numbers.ratio(cells.delay()));
    }

    private String aims() {
        Aims aims = new Aims();
        for (int callers : new int[] {Effort.FEW, Effort.MANY}) {
            String over = String.format(Locale.ROOT, ", %,d callers: time beside Bucket4j", callers);
            ratio(Kind.CHARGE_1, callers)
                    .ifPresent(ratio ->
                            aims.atMost("the store's charge of one bucket" + over, 1 / 3.0, ratio, Numbers::ratio));
            ratio(Kind.TRY_CONSUME, callers)
                    .ifPresent(ratio -> aims.atMost("`tryConsume(key)`" + over, 1 / 2.0, ratio, Numbers::ratio));
        }
        difference(Kind.CHARGE_1, Kind.BUILD_1)
                .map(MemoryReport::withoutTheHarness)
                .ifPresent(bytes -> bytes(aims, "the store allocates for a charge of 1 bucket", 0, bytes));
        difference(Kind.CHARGE_3, Kind.BUILD_3)
                .map(MemoryReport::withoutTheHarness)
                .ifPresent(bytes -> bytes(aims, "the store allocates for a charge of 3 buckets", 0, bytes));
        allocated(Kind.DECIDE_1).ifPresent(bytes -> bytes(aims, "a decision with one bucket allocates", 150, bytes));
        difference(Kind.DECIDE_3, Kind.DECIDE_1)
                .ifPresent(bytes -> bytes(aims, "a decision allocates for each further bucket", 48, bytes / 2));
        bytes(
                aims,
                "a key with one bandwidth, beside the key itself",
                128,
                weight(Footprint.WEIR_1) - weight(Footprint.WEIR_KEY));
        bytes(aims, "a key for each further bandwidth", 24, (weight(Footprint.WEIR_3) - weight(Footprint.WEIR_1)) / 2);
        bytes(
                aims,
                "a key for each live rolling entry",
                8,
                (weight(Footprint.WEIR_ROLLING_101) - weight(Footprint.WEIR_ROLLING_1)) / (Footprint.LIVE - 1));
        return aims.markdown();
    }

    /** JMH's own objects are spread over few operations on a busy machine; no object of the store's is as small as that. */
    private static double withoutTheHarness(double bytes) {
        return Math.abs(bytes) < SMALLEST_OBJECT / 2 ? 0 : bytes;
    }

    /** Heaps and allocation profiles are exact to a fraction of a byte, which nobody means. */
    private static void bytes(Aims aims, String what, double atMost, double measured) {
        aims.atMost(what, atMost, Math.rint(measured), Numbers::bytes);
    }

    private Optional<Double> ratio(Kind kind, int callers) {
        return ratio(new Cell(kind, callers, 2, false));
    }

    private Optional<Double> allocated(Kind kind) {
        return cells.bytes(new Cell(kind, Effort.FEW, 2, false)).map(Rounds::median);
    }

    private Optional<Double> difference(Kind kind, Kind less) {
        return allocated(kind).flatMap(all -> allocated(less).map(part -> all - part));
    }

    private double weight(Footprint footprint) {
        return raw.path("bytesPerKey").path(footprint.name()).asDouble();
    }

    private Section times(String name, String title, int threads) {
        BarChart chart = new BarChart(title, NOTE, "1,000 callers", "1,000,000 callers");
        Table table = new Table("", "1,000 callers", "ratio", "1,000,000 callers", "ratio", "allocated");
        for (Kind kind : Kind.values()) {
            Cell few = new Cell(kind, Effort.FEW, threads, false);
            Cell many = new Cell(kind, Effort.MANY, threads, false);
            if (cells.nanos(few).isEmpty()) {
                continue;
            }
            table.row(kind.label(), time(few), ratioText(few), time(many), ratioText(many), allocatedText(few));
            if (cells.nanos(many).isPresent()) {
                chart.row(kind.label(), kind.colour(), List.of(bar(few), bar(many)));
            }
        }
        return measured(threads) ? Section.of(name, "", chart, table) : new Section(name, "Not measured.", Map.of());
    }

    private boolean measured(int threads) {
        return cells.nanos(new Cell(Kind.BUCKET4J, Effort.FEW, threads, false)).isPresent();
    }

    private Section refused() {
        BarChart chart = new BarChart("Everybody is refused, 2 threads", NOTE, "1,000 callers");
        Table table = new Table("", "1,000 callers", "ratio", "allocated");
        for (Kind kind : Kind.values()) {
            Cell cell = new Cell(kind, Effort.FEW, 2, true);
            if (cells.nanos(cell).isPresent()) {
                table.row(kind.label(), time(cell), ratioText(cell), allocatedText(cell));
                chart.row(kind.label(), kind.colour(), List.of(bar(cell)));
            }
        }
        return Section.of("memory-refused", "", chart, table);
    }

    private Section bytesPerKey() {
        BarChart chart = new BarChart(
                "Bytes for each caller",
                "Heap after a full collection; the String that names a caller is the application's and not counted.",
                "bytes");
        Table table = new Table("", "callers", "bytes for each");
        for (Footprint footprint : Footprint.values()) {
            double bytes = weight(footprint);
            String callers = String.format(Locale.ROOT, "%,d", footprint.callers());
            table.row(footprint.label(), callers, Numbers.bytes(bytes));
            if (footprint != Footprint.WEIR_ROLLING_101) {
                chart.row(footprint.label(), footprint.kind().colour(), List.of(new Bar(bytes, Numbers.bytes(bytes))));
            }
        }
        return Section.of("memory-keys", "", chart, table);
    }

    private Bar bar(Cell cell) {
        String ratio = ratioText(cell);
        double nanos = cells.nanos(cell).map(Rounds::median).orElse(0.0);
        return new Bar(nanos, time(cell) + (ratio.equals(NONE) ? "" : " · " + ratio));
    }

    private String time(Cell cell) {
        return cells.nanos(cell).map(rounds -> Numbers.time(rounds.median())).orElse(NONE);
    }

    private String allocatedText(Cell cell) {
        return cells.bytes(cell).map(rounds -> Numbers.bytes(rounds.median())).orElse(NONE);
    }

    private String ratioText(Cell cell) {
        return cell.kind().buckets() == 0
                ? NONE
                : ratio(cell).map(Numbers::ratio).orElse(NONE);
    }

    /** To Bucket4j with as many buckets, in the same round. */
    private Optional<Double> ratio(Cell cell) {
        Kind peer = cell.kind().buckets() == 3 ? Kind.BUCKET4J_3 : Kind.BUCKET4J;
        Cell base = new Cell(peer, cell.callers(), cell.threads(), cell.refused());
        return cells.nanos(cell).flatMap(own -> cells.nanos(base).map(own::ratioTo));
    }
}
