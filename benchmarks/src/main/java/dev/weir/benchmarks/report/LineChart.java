// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import dev.weir.benchmarks.report.BarChart.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * A picture of lines: one or more panels side by side over the same places of a horizontal axis, all with one scale that
 * begins at 0. Lines are told apart by their markers and dashes too, not by colour alone. Not thread-safe.
 */
public final class LineChart implements Chart {

    private static final int WIDTH = 900;
    private static final int LEGEND = 54;
    private static final int LEGEND_ROW = 20;
    private static final int HEAD = 38;
    private static final int PLOT = 230;
    private static final int BELOW = 82;
    private static final int GAP = 26;
    private static final int SAMPLE = 34;
    private static final int INSET = 30;
    private static final int MOST_STEPS = 5;

    private static final String STYLE = """
            <style>
              .grid { stroke: #d0d7de; stroke-width: 1; }
              .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
              .own-line { stroke: #0a6cbd; stroke-width: 3; }
              .peer-line { stroke: #6e7781; }
              .floor-line { stroke: #afb8c1; }
              .end { text-anchor: end; }
              .middle { text-anchor: middle; }
              @media (prefers-color-scheme: dark) {
                .grid { stroke: #30363d; }
                .own-line { stroke: #4aa3f0; }
                .peer-line { stroke: #9da5ae; }
                .floor-line { stroke: #57606a; }
              }
            </style>
            """;

    /** What tells the peers of a picture apart, in their order. */
    private static final List<String> DASHES = List.of("none", "7 4", "2 4", "10 3 2 3");

    /**
     * The horizontal axis.
     *
     * @param label what grows along it
     * @param logarithmic whether equal ratios are equally far apart, rather than equal differences
     * @param places where something was measured, in ascending order, above 0
     */
    public record Axis(String label, boolean logarithmic, List<Integer> places) {

        /** Copies the places. */
        public Axis {
            if (places.isEmpty()) {
                throw new IllegalArgumentException("an axis must have at least one place");
            }
            places = List.copyOf(places);
        }

        /** From 0 to 1. */
        private double share(int index) {
            double from = value(0);
            double to = value(places.size() - 1);
            return to <= from ? 0.5 : (value(index) - from) / (to - from);
        }

        private double value(int index) {
            int place = places.get(index);
            return logarithmic ? Math.log10(place) : place;
        }
    }

    private record Line(String label, Kind kind, int peer, List<List<Double>> values) {

        private String name() {
            return kind.name().toLowerCase(Locale.ROOT);
        }

        private String dash() {
            return kind == Kind.FLOOR ? "2 3" : DASHES.get(peer % DASHES.size());
        }
    }

    /** Where a panel draws. */
    private record Plot(double left, double right, double top, double highest) {

        private double y(double value) {
            return top + PLOT - (highest <= 0 ? 0 : value / highest * PLOT);
        }
    }

    private final String title;
    private final String note;
    private final Axis axis;
    private final List<String> panels;
    private final List<Line> lines = new ArrayList<>();

    /**
     * Begins a picture.
     *
     * @param title what it shows
     * @param note what must be known to read it, in one line
     * @param axis the horizontal axis
     * @param panels the heads of the panels, at least one
     */
    public LineChart(String title, String note, Axis axis, String... panels) {
        this.title = title;
        this.note = note;
        this.axis = axis;
        this.panels = List.of(panels);
    }

    @Override
    public String title() {
        return title;
    }

    /**
     * Adds a line to each panel.
     *
     * @param label whose lines these are
     * @param kind how they are coloured
     * @param values for each panel one for each place of the axis, each at least 0
     * @return this
     * @throws IllegalArgumentException if there are more or fewer
     */
    public LineChart line(String label, Kind kind, List<List<Double>> values) {
        int places = axis.places().size();
        if (values.size() != panels.size() || values.stream().anyMatch(line -> line.size() != places)) {
            throw new IllegalArgumentException(
                    "a line must have " + places + " values in each of " + panels.size() + " panels but had " + values);
        }
        int peers =
                (int) lines.stream().filter(line -> line.kind() == Kind.PEER).count();
        lines.add(new Line(label, kind, kind == Kind.PEER ? peers : 0, List.copyOf(values)));
        return this;
    }

    @Override
    public String svg() {
        double step = step();
        double highest = Math.ceil(most() / step) * step;
        int top = LEGEND + legendRows() * LEGEND_ROW + HEAD - LEGEND_ROW;
        Svg svg = new Svg(title, note, WIDTH, top + PLOT + BELOW);
        svg.style(STYLE);
        legend(svg);
        int labels = Svg.width(number(highest)) + 8;
        double each = (WIDTH - 2.0 * Svg.MARGIN - GAP * (panels.size() - 1)) / panels.size();
        for (int panel = 0; panel < panels.size(); panel++) {
            double left = Svg.MARGIN + panel * (each + GAP);
            Plot plot = new Plot(left + labels, left + each, top, highest);
            svg.text(plot.left(), top - 12, "quiet", panels.get(panel));
            grid(svg, plot, step);
            for (Line line : lines) {
                draw(svg, plot, line, line.values().get(panel));
            }
        }
        return svg.end();
    }

    private void grid(Svg svg, Plot plot, double step) {
        for (int i = 0; i * step <= plot.highest() + step / 2; i++) {
            double y = plot.y(i * step);
            svg.add(
                    "<line class=\"grid\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>",
                    plot.left(), y, plot.right(), y);
            svg.text(plot.left() - 8, y + 4, "quiet end", number(i * step));
        }
        for (int i = 0; i < axis.places().size(); i++) {
            svg.text(
                    x(plot, i),
                    plot.top() + PLOT + 18,
                    "quiet middle",
                    number(axis.places().get(i)));
        }
        svg.text((plot.left() + plot.right()) / 2, plot.top() + PLOT + 38, "quiet middle", axis.label());
    }

    private void draw(Svg svg, Plot plot, Line line, List<Double> values) {
        List<String> points = IntStream.range(0, values.size())
                .mapToObj(i -> String.format(Locale.ROOT, "%.1f,%.1f", x(plot, i), plot.y(values.get(i))))
                .toList();
        svg.add(
                "<polyline class=\"line %s-line\" stroke-dasharray=\"%s\" points=\"%s\"/>",
                line.name(), line.dash(), String.join(" ", points));
        for (int i = 0; i < values.size(); i++) {
            marker(svg, line, x(plot, i), plot.y(values.get(i)));
        }
    }

    private double x(Plot plot, int place) {
        return plot.left() + INSET + axis.share(place) * (plot.right() - plot.left() - 2 * INSET);
    }

    /** A circle for Weir, nothing but a dot for the floor; a square, a diamond and so on for peers. */
    private static void marker(Svg svg, Line line, double x, double y) {
        switch (line.kind()) {
            case OWN -> svg.add("<circle class=\"own\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>", x, y);
            case FLOOR -> svg.add("<circle class=\"floor\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>", x, y);
            case PEER ->
                svg.add(
                        "<rect class=\"peer\" x=\"%.1f\" y=\"%.1f\" width=\"8\" height=\"8\""
                                + " transform=\"rotate(%d %.1f %.1f)\"/>",
                        x - 4, y - 4, line.peer() % 2 * 45, x, y);
        }
    }

    private int legendRows() {
        int rows = 1;
        int x = Svg.MARGIN;
        for (Line line : lines) {
            if (wraps(x, line)) {
                rows++;
                x = Svg.MARGIN;
            }
            x += legendWidth(line);
        }
        return rows;
    }

    private void legend(Svg svg) {
        int x = Svg.MARGIN;
        int y = LEGEND;
        for (Line line : lines) {
            if (wraps(x, line)) {
                x = Svg.MARGIN;
                y += LEGEND_ROW;
            }
            svg.add(
                    "<line class=\"line %s-line\" stroke-dasharray=\"%s\" x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>",
                    line.name(), line.dash(), x, y - 4, x + SAMPLE - 6, y - 4);
            marker(svg, line, x + (SAMPLE - 6) / 2.0, y - 4);
            svg.text(x + SAMPLE, y, line.kind() == Kind.OWN ? "strong" : "plain", line.label());
            x += legendWidth(line);
        }
    }

    private static boolean wraps(int x, Line line) {
        return x > Svg.MARGIN && x + SAMPLE + Svg.width(line.label()) > WIDTH - Svg.MARGIN;
    }

    private static int legendWidth(Line line) {
        return SAMPLE + Svg.width(line.label()) + 20;
    }

    private double most() {
        return lines.stream()
                .flatMap(line -> line.values().stream())
                .flatMap(List::stream)
                .mapToDouble(Double::doubleValue)
                .max()
                .orElse(0);
    }

    /** One, two or five of some power of ten, so that a few steps reach the top. */
    private double step() {
        double most = Math.max(1, most());
        double power = Math.pow(10, Math.floor(Math.log10(most / MOST_STEPS)));
        for (int factor : new int[] {1, 2, 5}) {
            if (most <= factor * power * MOST_STEPS) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value == Math.rint(value) ? "%,.0f" : "%,.2f", value);
    }
}
