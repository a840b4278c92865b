// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.util.Locale;

/** Numbers as people read them: about three digits, with their unit. */
public final class Numbers {

    private static final double THOUSAND = 1000;
    private static final double HUNDRED = 100;
    private static final double TEN = 10;

    private Numbers() {}

    /**
     * Writes a time.
     *
     * @param nanos the time in nanoseconds
     * @return such as {@code 157 ns}, {@code 3.24 us} or {@code 1.20 ms}
     */
    public static String time(double nanos) {
        if (nanos < THOUSAND) {
            return digits(nanos) + " ns";
        }
        double micros = nanos / THOUSAND;
        return micros < THOUSAND ? digits(micros) + " us" : digits(micros / THOUSAND) + " ms";
    }

    /**
     * Writes an amount of memory, in whole bytes, of which a fraction of one per cent is the measurement's own.
     *
     * @param bytes how many
     * @return such as {@code 104 B}
     */
    public static String bytes(double bytes) {
        return String.format(Locale.ROOT, "%.0f B", Math.abs(bytes) < 0.5 ? 0.0 : bytes);
    }

    /**
     * Writes a ratio.
     *
     * @param ratio the ratio
     * @return such as {@code 0.33x}
     */
    public static String ratio(double ratio) {
        return (ratio < TEN ? String.format(Locale.ROOT, "%.2f", ratio) : digits(ratio)) + "x";
    }

    /** {@return the number with three digits, or all that stand before the point} */
    static String digits(double number) {
        double size = Math.abs(number);
        String format = size < TEN ? "%.2f" : size < HUNDRED ? "%.1f" : "%.0f";
        return String.format(Locale.ROOT, format, number);
    }
}
