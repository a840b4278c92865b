// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weir.benchmarks.http.Measured.Quantity;
import dev.weir.benchmarks.http.Measured.Subject;
import dev.weir.benchmarks.report.Aims;
import dev.weir.benchmarks.report.BarChart;
import dev.weir.benchmarks.report.BarChart.Bar;
import dev.weir.benchmarks.report.BarChart.Kind;
import dev.weir.benchmarks.report.Numbers;
import dev.weir.benchmarks.report.Rounds;
import dev.weir.benchmarks.report.Section;
import dev.weir.benchmarks.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tables, pictures and aims from what the servers have used. Immutable. */
final class HttpReport {

    /** From this load average per core on, others took part of the time. */
    private static final double BUSY = 0.5;

    private final JsonNode raw;

    HttpReport(JsonNode raw) {
        this.raw = raw;
    }

    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        for (ServerKind kind : ServerKind.values()) {
            sections.add(section(kind, Limit.OPEN));
            if (Measured.has(raw, new Subject(kind, Limit.CLOSED, Variant.NONE))) {
                sections.add(section(kind, Limit.CLOSED));
            }
        }
        sections.add(new Section("http-aims", aims(), Map.of()));
        return sections;
    }

    private Section section(ServerKind kind, Limit limit) {
        boolean open = limit == Limit.OPEN;
        String server = raw.path("servers").path(kind.name()).asText(kind.title());
        BarChart chart = new BarChart(
                "What a" + (open ? "" : " refused") + " request costs " + server + " more than without a limiter",
                "means of all forks; shorter is better",
                "CPU",
                "bytes allocated");
        Table table = new Table(
                open ? "before the servlet" : "refuses",
                "CPU",
                "more than none",
                "least and most of a fork",
                "whole process",
                "bytes",
                "more than none");
        for (Variant variant : Variant.values()) {
            row(table, chart, new Subject(kind, limit, variant));
        }
        String name = "http-" + kind.name().toLowerCase(Locale.ROOT) + (open ? "" : "-refused");
        return Section.of(name, "", chart, table);
    }

    private void row(Table table, BarChart chart, Subject subject) {
        String cpu = time(forks(subject, Quantity.CPU_NANOS).mean());
        String process = time(forks(subject, Quantity.PROCESS_NANOS).mean());
        String bytes = Numbers.bytes(forks(subject, Quantity.BYTES).mean());
        String title = subject.variant().title();
        if (subject.variant() == Variant.NONE) {
            table.row(title, cpu, "", "", process, bytes, "");
            return;
        }
        Rounds more = excess(subject, Quantity.CPU_NANOS);
        double moreBytes = excess(subject, Quantity.BYTES).mean();
        table.row(
                title,
                cpu,
                time(more.mean()),
                time(more.least()) + " to " + time(more.most()),
                process,
                bytes,
                Numbers.bytes(moreBytes));
        chart.row(
                title,
                subject.variant().isWeir() ? Kind.OWN : Kind.PEER,
                List.of(
                        new Bar(Math.max(0, more.mean()), time(more.mean())),
                        new Bar(Math.max(0, moreBytes), Numbers.bytes(moreBytes))));
    }

    private String aims() {
        Aims aims = new Aims();
        for (ServerKind kind : ServerKind.values()) {
            Variant peer = kind == ServerKind.TOMCAT ? Variant.OWN : Variant.NAIVE;
            String than = kind == ServerKind.TOMCAT ? "its own filter with headers" : "the naive filter";
            double most = excess(new Subject(kind, Limit.OPEN, peer), Quantity.CPU_NANOS)
                    .median();
            for (Variant variant : Variant.values()) {
                if (variant.isWeir()) {
                    aims.atMost(
                            "CPU that " + variant.title() + " adds on " + kind.title() + ": that of " + than,
                            most,
                            excess(new Subject(kind, Limit.OPEN, variant), Quantity.CPU_NANOS)
                                    .median(),
                            HttpReport::time);
                }
            }
        }
        return warning() + aims.markdown();
    }

    /** The medians of the forks. */
    private Rounds forks(Subject subject, Quantity quantity) {
        return Rounds.of(Measured.rounds(raw, subject, quantity).stream()
                .mapToDouble(Rounds::median)
                .toArray());
    }

    /** What a variant costs more than no limiter: in each fork the median of the differences within a pass. */
    private Rounds excess(Subject subject, Quantity quantity) {
        List<Rounds> own = Measured.rounds(raw, subject, quantity);
        List<Rounds> none =
                Measured.rounds(raw, new Subject(subject.server(), subject.limit(), Variant.NONE), quantity);
        double[] excess = new double[own.size()];
        for (int fork = 0; fork < excess.length; fork++) {
            excess[fork] = own.get(fork).excessOver(none.get(fork));
        }
        return Rounds.of(excess);
    }

    private String warning() {
        double load = raw.path("load").asDouble();
        int cores = raw.path("cores").asInt(1);
        return load <= BUSY * cores
                ? ""
                : String.format(
                        Locale.ROOT,
                        "**The machine was busy** (load %.1f on %d cores before it began): times are rough.%n%n",
                        load,
                        cores);
    }

    /** Always in microseconds: a table that mixes units is hard to read, and a difference may be negative. */
    private static String time(double nanos) {
        return String.format(Locale.ROOT, "%.2f us", nanos / 1000);
    }
}
