// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.util.Locale;

/** The frame of a picture, with its title above and a note below, and the elements that are put into it. Not thread-safe. */
final class Svg {

    /* Design: the widths are those of the text at 13 pixels in any of the usual fonts, with some room; SVG cannot measure
     * text before somebody looks at it. */
    private static final double LETTER = 6.7;

    /** Left of what stands in the frame, and right of it. */
    static final int MARGIN = 16;

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

    private final StringBuilder text = new StringBuilder();

    Svg(String title, String note, int width, int height) {
        add(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\">",
                width, height, width, height);
        add("<title>%s</title>", escape(title));
        text.append(STYLE);
        add("<rect class=\"ground\" x=\"0.5\" y=\"0.5\" width=\"%d\" height=\"%d\" rx=\"8\"/>", width - 1, height - 1);
        text(MARGIN, 28, "title", title);
        text(MARGIN, height - 13, "quiet", note);
    }

    /** {@return how wide a text may be} */
    static int width(String text) {
        return (int) Math.ceil(text.length() * LETTER);
    }

    /** Adds classes to those that every picture has. */
    void style(String element) {
        text.append(element);
    }

    void text(double x, double y, String style, String words) {
        add("<text class=\"%s\" x=\"%.0f\" y=\"%.0f\">%s</text>", style, x, y, escape(words));
    }

    @SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency; newer compilers ask for it
    void add(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values)).append('\n');
    }

    /** {@return the picture} */
    String end() {
        return text.append("</svg>\n").toString();
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
