// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of bars, as SVG: one or more panels side by side, each with a scale of its own, over the same rows. It brings
 * its own ground and knows both colour schemes, so that it can be read on light and on dark pages. Not thread-safe.
 */
public final class BarChart {

    /* Design: the widths are those of the text at 13 pixels in any of the usual fonts, with some room; SVG cannot measure
     * text before somebody looks at it. */
    private static final int WIDTH = 900;
    private static final int MARGIN = 16;
    private static final int ROW = 24;
    private static final int BAR = 15;
    private static final int TOP = 66;
    private static final int BOTTOM = 34;
    private static final double LETTER = 6.7;
    private static final int GAP = 22;

    private static final String STYLE = """
            <style>
              .ground { fill: #ffffff; stroke: #d0d7de; }
              text { font: 13px -apple-system, "Segoe UI", Helvetica, Arial, sans-serif; fill: #1f2328; }
              .title { font-size: 16px; font-weight: 600; }
              .own { fill: #0a6cbd; }
              .peer { fill: #8c959f; }
              .floor { fill: #c9d1d9; }
              .quiet { fill: #57606a; font-size: 12px; }
              .strong { font-weight: 600; }
              @media (prefers-color-scheme: dark) {
                .ground { fill: #0d1117; stroke: #30363d; }
                text { fill: #e6edf3; }
                .own { fill: #4aa3f0; }
                .peer { fill: #7d8590; }
                .floor { fill: #484f58; }
                .quiet { fill: #9da5ae; }
              }
            </style>
            """;

    /** Whose bar it is, by which it is coloured. */
    public enum Kind {
        /** Weir's. */
        OWN,
        /** Somebody else's. */
        PEER,
        /** What nobody can go below. */
        FLOOR
    }

    /**
     * One bar of a panel.
     *
     * @param value how long it is, at least 0
     * @param text what stands behind it
     */
    public record Bar(double value, String text) {}

    private record Row(String label, Kind kind, List<Bar> bars) {}

    private final String title;
    private final String note;
    private final List<String> panels;
    private final List<Row> rows = new ArrayList<>();

    /**
     * Begins a picture.
     *
     * @param title what it shows
     * @param note what must be known to read it, in one line
     * @param panels the heads of the panels, at least one
     */
    public BarChart(String title, String note, String... panels) {
        this.title = title;
        this.note = note;
        this.panels = List.of(panels);
    }

    /** {@return what it shows} */
    public String title() {
        return title;
    }

    /**
     * Adds a row.
     *
     * @param label whose bars these are
     * @param kind how they are coloured
     * @param bars one for each panel
     * @return this
     * @throws IllegalArgumentException if there are more or fewer bars than panels
     */
    public BarChart row(String label, Kind kind, List<Bar> bars) {
        if (bars.size() != panels.size()) {
            throw new IllegalArgumentException("a row must have " + panels.size() + " bars but had " + bars.size());
        }
        rows.add(new Row(label, kind, List.copyOf(bars)));
        return this;
    }

    /** {@return the picture} */
    public String svg() {
        int height = TOP + rows.size() * ROW + BOTTOM;
        StringBuilder svg = new StringBuilder();
        add(
                svg,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">",
                WIDTH,
                height,
                WIDTH,
                height);
        add(svg, "<title>%s</title>", escape(title));
        svg.append(STYLE);
        add(
                svg,
                "<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\"/>",
                WIDTH - 1,
                height - 1);
        text(svg, MARGIN, 28, "title", title);
        text(svg, MARGIN, height - 13, "quiet", note);
        int labels = MARGIN + widest(rows.stream().map(Row::label).toList()) + GAP / 2;
        int each = (WIDTH - MARGIN - labels - GAP * (panels.size() - 1)) / panels.size();
        for (int row = 0; row < rows.size(); row++) {
            boolean own = rows.get(row).kind() == Kind.OWN;
            text(
                    svg,
                    MARGIN,
                    baseline(row),
                    own ? "strong" : "plain",
                    rows.get(row).label());
        }
        for (int panel = 0; panel < panels.size(); panel++) {
            panel(svg, panel, labels + panel * (each + GAP), each);
        }
        return svg.append("</svg>\n").toString();
    }

    private void panel(StringBuilder svg, int panel, int x, int width) {
        text(svg, x, TOP - 12, "quiet", panels.get(panel));
        List<Bar> bars = rows.stream().map(row -> row.bars().get(panel)).toList();
        double longest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        int room = width - widest(bars.stream().map(Bar::text).toList()) - 6;
        for (int row = 0; row < rows.size(); row++) {
            Bar bar = bars.get(row);
            double length = longest <= 0 ? 0 : Math.max(1, bar.value() / longest * room);
            String kind = rows.get(row).kind().name().toLowerCase(Locale.ROOT);
            add(
                    svg,
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
                    kind,
                    x,
                    TOP + row * ROW,
                    length,
                    BAR);
            text(svg, x + (int) Math.ceil(length) + 6, baseline(row), "plain", bar.text());
        }
    }

    private static int baseline(int row) {
        return TOP + row * ROW + BAR - 3;
    }

    private static int widest(List<String> texts) {
        int longest = texts.stream().mapToInt(String::length).max().orElse(0);
        return (int) Math.ceil(longest * LETTER);
    }

    private static void text(StringBuilder svg, int x, int y, String style, String text) {
        add(svg, "<text class=\"%s\" x=\"%d\" y=\"%d\">%s</text>", style, x, y, escape(text));
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency; newer compilers ask for it
    private static void add(StringBuilder svg, String format, Object... values) {
        svg.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
