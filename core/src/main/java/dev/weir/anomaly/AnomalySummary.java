// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many anomalies there were of late: all of them, by type, by severity, and whose they were.
 *
 * <p>Counted by the hour: the hour that runs and the whole ones before it, so that none of the last 24 hours is missing and
 * the first of the events may be up to an hour older. The counts are of all events, however few are remembered or written.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class AnomalySummary {

    /** How many users are named. */
    public static final int TOP = 10;

    private final int hours;
    private final Map<String, Long> byType;
    private final Map<Severity, Long> bySeverity;
    private final Map<String, Long> topUsers;
    private final boolean exact;

    AnomalySummary(
            int hours,
            Map<String, Long> byType,
            Map<Severity, Long> bySeverity,
            Map<TopUsers.Name, Long> users,
            boolean exact) {
        this.hours = hours;
        this.byType = largest(byType, Integer.MAX_VALUE);
        this.bySeverity = largest(bySeverity, Integer.MAX_VALUE);
        this.topUsers = largest(named(users), TOP);
        this.exact = exact;
    }

    private static Map<String, Long> named(Map<TopUsers.Name, Long> users) {
        Map<String, Long> named = new LinkedHashMap<>();
        users.forEach((name, count) -> named.merge(name.toString(), count, Long::sum));
        return named;
    }

    /** The most first; of equal ones, in the order of their names. */
    private static <K extends Comparable<? super K>> Map<K, Long> largest(Map<K, Long> counts, int most) {
        Map<K, Long> sorted = new LinkedHashMap<>();
        counts.entrySet().stream()
                .filter(entry -> entry.getValue() > 0)
                .sorted(Map.Entry.<K, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .limit(most)
                .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
        return Collections.unmodifiableMap(sorted);
    }

    /** {@return how many hours were asked for} */
    public int hours() {
        return hours;
    }

    /** {@return how many events there were} */
    public long totalCount() {
        return bySeverity.values().stream().mapToLong(Long::longValue).sum();
    }

    /** {@return how many there were of each type that occurred, the most first} */
    public Map<String, Long> byType() {
        return byType;
    }

    /** {@return how many there were of each severity that occurred, the most first} */
    public Map<Severity, Long> bySeverity() {
        return bySeverity;
    }

    /**
     * Returns whose they were: of the {@value #TOP} users with the most events how many each has had, the most first. A
     * user inside a tenant is called {@code tenant/user}. Where {@link #isExact} says no, each has had at least so many.
     *
     * @return the users and their counts
     */
    public Map<String, Long> topUsers() {
        return topUsers;
    }

    /**
     * Tells whether the counts by user are exact: while no hour has seen more than 256 users. Beyond that nobody who has had
     * more than a 256th of an hour's events is forgotten, and nobody is said to have had more than he has. All other counts
     * are exact always.
     *
     * @return whether they are
     */
    public boolean isExact() {
        return exact;
    }

    /** {@return the counts, but nobody's name} */
    @Override
    public String toString() {
        return "AnomalySummary[" + totalCount() + " in " + hours + " h, " + byType + "]";
    }
}
