// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What grows along a curve, while all else stays as it is. */
enum Curve {
    PROCESSES("Decisions in Redis from several processes", "processes", List.of(Series.BUCKET4J)),
    BUCKETS("Decisions in Redis over several buckets", "buckets", List.of(Series.BATCHING)),
    IDENTITIES("Decisions in Redis for many identities", "identities", List.of(Series.BATCHING, Series.BUCKET4J));

    /** The most buckets of a decision. */
    static final int MOST_BUCKETS = 4;

    private final String title;
    private final String axis;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is
    private final List<Series> without;

    Curve(String title, String axis, List<Series> without) {
        this.title = title;
        this.axis = axis;
        this.without = without;
    }

    /**
     * One point.
     *
     * @param series on which line
     * @param processes how many JVMs share the threads
     * @param buckets how many buckets one decision takes from
     * @param callers for how many callers
     */
    record Spot(Series series, int processes, int buckets, int callers) {}

    String title() {
        return title;
    }

    String axis() {
        return axis;
    }

    /** {@return how it is called in files and markers} */
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** {@return the lines} */
    List<Series> series() {
        return List.of(Series.values()).stream()
                .filter(series -> !without.contains(series))
                .toList();
    }

    /** {@return where on the axis a point is} */
    int place(Spot spot) {
        return switch (this) {
            case PROCESSES -> spot.processes();
            case BUCKETS -> spot.buckets();
            case IDENTITIES -> spot.callers();
        };
    }

    /** {@return how many callers the panels stand for, one for each panel; 0 if that is what grows} */
    List<Integer> panels(CurveEffort effort) {
        return switch (this) {
            case PROCESSES -> List.of(1, effort.many());
            case BUCKETS -> List.of(effort.some());
            case IDENTITIES -> List.of(0);
        };
    }

    /** {@return the places along the axis} */
    List<Integer> places(CurveEffort effort) {
        return switch (this) {
            case PROCESSES -> effort.processes();
            case BUCKETS -> List.of(1, 2, 3, MOST_BUCKETS);
            case IDENTITIES -> effort.identities();
        };
    }

    /** {@return the point of a line at a place; the one that there is, where the series has only one} */
    Spot spot(Series series, int panel, int place) {
        return switch (this) {
            case PROCESSES -> new Spot(series, place, 1, panel);
            case BUCKETS -> new Spot(series, 1, series.isOfOne() ? 1 : place, panel);
            case IDENTITIES -> new Spot(series, 1, 1, place);
        };
    }

    /** {@return what is measured in one round, in this order: what is compared stands close together} */
    List<Spot> spots(CurveEffort effort) {
        List<Spot> spots = new ArrayList<>();
        for (int panel : panels(effort)) {
            for (int place : places(effort)) {
                for (Series series : series()) {
                    Spot spot = spot(series, panel, place);
                    if (!spots.contains(spot)) {
                        spots.add(spot);
                    }
                }
            }
        }
        return spots;
    }
}
