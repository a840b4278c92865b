// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.util.Map;

/**
 * What stands between one pair of markers of {@code docs/benchmarks.md}. Immutable.
 *
 * @param name the name in the markers, {@code <!-- begin: NAME -->} and {@code <!-- end: NAME -->}
 * @param markdown the text; it shows its pictures as {@code benchmarks/FILE.svg}
 * @param pictures the pictures, SVG by file name
 */
public record Section(String name, String markdown, Map<String, String> pictures) {

    /** Copies the pictures. */
    public Section {
        pictures = Map.copyOf(pictures);
    }

    /**
     * Puts a table under its picture.
     *
     * @param name the name in the markers, and the picture's file name
     * @param above what stands above the picture, may be empty
     * @param chart the picture
     * @param table the table
     * @return the section
     */
    public static Section of(String name, String above, Chart chart, Table table) {
        String intro = above.isEmpty() ? "" : above + "\n\n";
        String markdown = intro + "![" + chart.title() + "](benchmarks/" + name + ".svg)\n\n" + table.markdown();
        return new Section(name, markdown, Map.of(name + ".svg", chart.svg()));
    }
}
