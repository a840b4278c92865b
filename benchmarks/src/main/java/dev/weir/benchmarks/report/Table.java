// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** A table, as Markdown: the first column is text, the others are numbers. Not thread-safe. */
public final class Table {

    private final List<String> head;
    private final List<List<String>> rows = new ArrayList<>();

    /**
     * Begins a table.
     *
     * @param head the heads of the columns
     */
    public Table(String... head) {
        this.head = List.of(head);
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column
     * @return this
     * @throws IllegalArgumentException if there are more or fewer
     */
    public Table row(List<String> cells) {
        if (cells.size() != head.size()) {
            throw new IllegalArgumentException("a row must have " + head.size() + " cells but had " + cells.size());
        }
        rows.add(List.copyOf(cells));
        return this;
    }

    /**
     * Adds a row.
     *
     * @param cells one for each column
     * @return this
     * @throws IllegalArgumentException if there are more or fewer
     */
    public Table row(String... cells) {
        return row(List.of(cells));
    }

    /** {@return the table as Markdown} */
    public String markdown() {
        StringBuilder text = new StringBuilder();
        line(text, head);
        List<String> rule = new ArrayList<>();
        for (int i = 0; i < head.size(); i++) {
            rule.add(i == 0 ? "---" : "---:");
        }
        line(text, rule);
        rows.forEach(row -> line(text, row));
        return text.toString();
    }

    private static void line(StringBuilder text, List<String> cells) {
        text.append('|');
        for (String cell : cells) {
            text.append(' ').append(cell.replace("|", "\\|")).append(" |");
        }
        text.append('\n');
    }
}
