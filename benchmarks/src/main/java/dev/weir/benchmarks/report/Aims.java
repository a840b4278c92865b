// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

/** The aims of the design beside what was measured. What was missed is said, not hidden. Not thread-safe. */
public final class Aims {

    private final Table table = new Table("aim", "at most", "measured", "");

    /**
     * Adds an aim that is met by little.
     *
     * @param what what is aimed at
     * @param atMost the most that it may be
     * @param measured what it is
     * @param unit how to write both
     * @return this
     */
    public Aims atMost(String what, double atMost, double measured, Unit unit) {
        table.row(what, unit.write(atMost), unit.write(measured), measured <= atMost ? "met" : "**missed**");
        return this;
    }

    /**
     * Adds an aim that is met by less, and missed by as much.
     *
     * @param what what is aimed at
     * @param below what it must not reach
     * @param measured what it is
     * @param unit how to write both
     * @return this
     */
    public Aims below(String what, double below, double measured, Unit unit) {
        table.row(
                what, "less than " + unit.write(below), unit.write(measured), measured < below ? "met" : "**missed**");
        return this;
    }

    /** How a number is written. */
    @FunctionalInterface
    public interface Unit {

        /**
         * Writes a number.
         *
         * @param number the number
         * @return as people read it
         */
        String write(double number);
    }

    /** {@return the aims as Markdown} */
    public String markdown() {
        return table.markdown();
    }
}
