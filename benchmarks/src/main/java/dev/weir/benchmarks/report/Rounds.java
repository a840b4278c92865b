// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;

/**
 * One number of one subject, measured once in each round. All subjects take their turn in a round, so that what disturbs
 * the machine for a while disturbs all of them, and two subjects are compared round by round. Immutable.
 */
public final class Rounds {

    private final double[] values;

    private Rounds(double... values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("there must be at least one round");
        }
        this.values = values;
    }

    /**
     * Takes what was measured.
     *
     * @param values a value for each round, at least one
     * @return the rounds
     */
    public static Rounds of(double... values) {
        return new Rounds(values.clone());
    }

    /**
     * Reads an array of numbers.
     *
     * @param array a value for each round, at least one
     * @return the rounds
     */
    public static Rounds from(JsonNode array) {
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = array.get(i).asDouble();
        }
        return new Rounds(values);
    }

    /** {@return the value in the middle; of two in the middle, their mean} */
    public double median() {
        return median(values.clone());
    }

    /** {@return the mean, for values that are medians already} */
    public double mean() {
        return Arrays.stream(values).average().orElseThrow();
    }

    /** {@return the smallest value} */
    public double least() {
        return Arrays.stream(values).min().orElseThrow();
    }

    /** {@return the largest value} */
    public double most() {
        return Arrays.stream(values).max().orElseThrow();
    }

    /**
     * Compares two subjects, round by round.
     *
     * @param base what this is compared with, of as many rounds
     * @return the median of the ratios within a round
     */
    public double ratioTo(Rounds base) {
        return median(combined(base, true));
    }

    /**
     * Tells what this costs more, round by round.
     *
     * @param base what this is compared with, of as many rounds
     * @return the median of the differences within a round
     */
    public double excessOver(Rounds base) {
        return median(combined(base, false));
    }

    private double[] combined(Rounds base, boolean divided) {
        if (base.values.length != values.length) {
            throw new IllegalArgumentException(
                    "both must have as many rounds, but there are " + values.length + " and " + base.values.length);
        }
        double[] combined = new double[values.length];
        for (int i = 0; i < values.length; i++) {
            combined[i] = divided ? values[i] / base.values[i] : values[i] - base.values[i];
        }
        return combined;
    }

    private static double median(double... sorted) {
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
