// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A picture of bars, as SVG: one or more panels side by side, each with a scale of its own, over the same rows. It brings
 * its own ground and knows both colour schemes, so that it can be read on light and on dark pages. Not thread-safe.
 */
public final class BarChart implements Chart {

    private static final int WIDTH = 900;
    private static final int ROW = 24;
    private static final int BAR = 15;
    private static final int TOP = 66;
    private static final int BOTTOM = 34;
    private static final int GAP = 22;

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

    @Override
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

    @Override
    public String svg() {
        int height = TOP + rows.size() * ROW + BOTTOM;
        Svg svg = new Svg(title, note, WIDTH, height);
        int labels = Svg.MARGIN + widest(rows.stream().map(Row::label).toList()) + GAP / 2;
        int each = (WIDTH - Svg.MARGIN - labels - GAP * (panels.size() - 1)) / panels.size();
        for (int row = 0; row < rows.size(); row++) {
            boolean own = rows.get(row).kind() == Kind.OWN;
            svg.text(
                    Svg.MARGIN,
                    baseline(row),
                    own ? "strong" : "plain",
                    rows.get(row).label());
        }
        for (int panel = 0; panel < panels.size(); panel++) {
            panel(svg, panel, labels + panel * (each + GAP), each);
        }
        return svg.end();
    }

    private void panel(Svg svg, int panel, int x, int width) {
        svg.text(x, TOP - 12, "quiet", panels.get(panel));
        List<Bar> bars = rows.stream().map(row -> row.bars().get(panel)).toList();
        double longest = bars.stream().mapToDouble(Bar::value).max().orElse(0);
        int room = width - widest(bars.stream().map(Bar::text).toList()) - 6;
        for (int row = 0; row < rows.size(); row++) {
            Bar bar = bars.get(row);
            double length = longest <= 0 ? 0 : Math.max(1, bar.value() / longest * room);
            String kind = rows.get(row).kind().name().toLowerCase(Locale.ROOT);
            svg.add(
                    "<rect class=\"%s\" x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>",
                    kind, x, TOP + row * ROW, length, BAR);
            svg.text(x + (int) Math.ceil(length) + 6, baseline(row), "plain", bar.text());
        }
    }

    private static int baseline(int row) {
        return TOP + row * ROW + BAR - 3;
    }

    private static int widest(List<String> texts) {
        return texts.stream().mapToInt(Svg::width).max().orElse(0);
    }
}
