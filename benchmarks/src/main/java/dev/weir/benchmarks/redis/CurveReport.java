// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.benchmarks.redis.Curve.Spot;
import dev.weir.benchmarks.redis.CurveData.Figure;
import dev.weir.benchmarks.report.Environment;
import dev.weir.benchmarks.report.LineChart;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.benchmarks.report.Section;
import dev.weir.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The sections of {@code docs/benchmarks.md} that show the curves. Immutable. */
final class CurveReport {

    private static final String NONE = "–";

    private final JsonNode raw;
    private final CurveData data;
    private final CurveEffort effort;

    CurveReport(JsonNode raw) {
        this.raw = raw;
        this.data = CurveData.from(raw);
        this.effort = CurveEffort.from(raw);
    }

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section("redis-curves", about(), Map.of()));
        for (Curve curve : Curve.values()) {
            sections.add(section(curve));
        }
        return sections;
    }

    private String about() {
        return String.format(
                Locale.ROOT,
                "%sMeasured %s, Redis %s on loopback, JVM options `%s`. Rounds: %d, in each of which every point had %d ms to"
                        + " warm up and %d ms that counted. Medians of the rounds.",
                RedisReport.warnings(raw),
                Environment.from(raw).sentence(),
                raw.path("redis").asText(),
                raw.path("jvm").asText(),
                effort.rounds(),
                effort.warmUp().toMillis(),
                effort.window().toMillis());
    }

    private Section section(Curve curve) {
        List<Integer> panels = curve.panels(effort);
        LineChart.Axis axis = new LineChart.Axis(curve.axis(), curve == Curve.IDENTITIES, curve.places(effort));
        LineChart chart = new LineChart(
                curve.title(),
                CurveEffort.THREADS + " threads in all; more is better.",
                axis,
                panels.stream().map(panel -> what(curve, panel)).toArray(String[]::new));
        for (Series series : curve.series()) {
            List<List<Double>> values = panels.stream()
                    .map(panel -> line(curve, series, panel))
                    .flatMap(Optional::stream)
                    .toList();
            if (values.size() == panels.size()) {
                chart.line(series.label(), series.colour(), values);
            }
        }
        String name = "redis-curve-" + curve.key();
        Section pictured = Section.of(name, "", chart, table(curve, Figure.PER_SECOND, "decisions a second"));
        String more = table(curve, Figure.CPU, "Redis CPU for a decision").markdown() + "\n"
                + table(curve, Figure.SENT, "commands sent for a decision").markdown();
        return new Section(name, pictured.markdown() + "\n" + more, pictured.pictures());
    }

    /** Empty unless all of it was measured. */
    private Optional<List<Double>> line(Curve curve, Series series, int panel) {
        List<Double> values = new ArrayList<>();
        for (int place : curve.places(effort)) {
            data.median(curve, curve.spot(series, panel, place), Figure.PER_SECOND)
                    .ifPresent(values::add);
        }
        return values.size() == curve.places(effort).size() ? Optional.of(values) : Optional.empty();
    }

    private Table table(Curve curve, Figure figure, String what) {
        List<String> head = new ArrayList<>(List.of(what));
        for (int panel : curve.panels(effort)) {
            for (int place : curve.places(effort)) {
                String unit = place == 1 ? singular(curve) : curve.axis();
                head.add(String.format(Locale.ROOT, "%s%,d %s", prefix(curve, panel), place, unit));
            }
        }
        Table table = new Table(head.toArray(String[]::new));
        for (Series series : curve.series()) {
            List<String> row = new ArrayList<>(List.of(series.label()));
            for (int panel : curve.panels(effort)) {
                for (int place : curve.places(effort)) {
                    Spot spot = curve.spot(series, panel, place);
                    boolean own = curve.place(spot) == place;
                    row.add(
                            own
                                    ? data.median(curve, spot, figure)
                                            .map(value -> write(figure, value))
                                            .orElse(NONE)
                                    : NONE);
                }
            }
            table.row(row);
        }
        return table;
    }

    private static String singular(Curve curve) {
        return switch (curve) {
            case PROCESSES -> "process";
            case BUCKETS -> "bucket";
            case IDENTITIES -> "identity";
        };
    }

    private static String write(Figure figure, double value) {
        return switch (figure) {
            case PER_SECOND -> String.format(Locale.ROOT, "%,.0f/s", value);
            case CPU -> Numbers.time(value);
            case SENT -> String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
        };
    }

    /** What a panel shows, above it. */
    private static String what(Curve curve, int callers) {
        String unit = "decisions a second";
        return curve == Curve.IDENTITIES ? unit : unit + ", " + callers(callers);
    }

    private static String prefix(Curve curve, int callers) {
        return curve == Curve.PROCESSES ? callers(callers) + ": " : "";
    }

    private static String callers(int number) {
        return number == 1 ? "one hot key" : String.format(Locale.ROOT, "%,d callers", number);
    }
}
