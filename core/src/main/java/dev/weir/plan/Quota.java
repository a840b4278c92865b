// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much per how long.
 *
 * <p>20 per minute is a bucket of 20 tokens into which one comes back every 3 seconds: 20 at once, then one every 3
 * seconds. {@link #burst} sets how many at once. {@link #rolling} admits at most that many in <em>any</em> such period,
 * where a bucket admits up to twice as many in its worst one.
 *
 * <p>Immutable.
 *
 * @param amount how much in one period, 1 to 10<sup>12</sup>; at most 10,000 for a rolling quota
 * @param period how long, 1 ms to 31 days
 * @param capacity how much at once, 1 to 10<sup>12</sup>; the amount for a rolling quota
 * @param rolling whether the amount holds in any period
 * @since 0.1
 */
public record Quota(long amount, Duration period, long capacity, boolean rolling) {

    /** The largest amount and capacity. */
    public static final long MAX = 1_000_000_000_000L;

    /** The largest amount of a rolling quota, because each of its entries is remembered. */
    public static final long MAX_ROLLING = 10_000;

    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofDays(31);
    private static final Pattern FORM =
            Pattern.compile("([0-9]{1,18})/([0-9]{0,9})([a-z]+)(?: (?:burst ([0-9]{1,18})|(rolling)|(calendar)))?");
    private static final String CALENDAR = "calendar";

    /**
     * Checks the ranges.
     *
     * @param amount how much in one period, 1 to 10<sup>12</sup>; at most 10,000 for a rolling quota
     * @param period how long, 1 ms to 31 days
     * @param capacity how much at once, 1 to 10<sup>12</sup>; the amount for a rolling quota
     * @param rolling whether the amount holds in any period
     * @throws IllegalArgumentException if a number is out of range
     */
    public Quota {
        long most = rolling ? MAX_ROLLING : MAX;
        if (amount < 1 || amount > most) {
            throw new IllegalArgumentException(
                    "amount must be 1 to " + most + (rolling ? " for a rolling quota" : "") + " but was " + amount);
        }
        if (period.compareTo(SHORTEST) < 0 || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("period must be 1 ms to 31 days but was " + period);
        }
        if (capacity < 1 || capacity > MAX) {
            throw new IllegalArgumentException("burst must be 1 to " + MAX + " but was " + capacity);
        }
        if (rolling && capacity != amount) {
            throw new IllegalArgumentException("a rolling quota has no burst; write " + amount + "/... rolling");
        }
    }

    /**
     * Makes a quota whose burst is its amount.
     *
     * @param amount how much in one period
     * @param period how long
     * @return the quota
     */
    public static Quota of(long amount, Duration period) {
        return new Quota(amount, period, amount, false);
    }

    /**
     * Makes a quota for a second.
     *
     * @param amount how much in a second
     * @return the quota
     */
    public static Quota perSecond(long amount) {
        return of(amount, Duration.ofSeconds(1));
    }

    /**
     * Makes a quota for a minute.
     *
     * @param amount how much in a minute
     * @return the quota
     */
    public static Quota perMinute(long amount) {
        return of(amount, Duration.ofMinutes(1));
    }

    /**
     * Makes a quota for an hour.
     *
     * @param amount how much in an hour
     * @return the quota
     */
    public static Quota perHour(long amount) {
        return of(amount, Duration.ofHours(1));
    }

    /**
     * Makes a quota for a day.
     *
     * @param amount how much in a day
     * @return the quota
     */
    public static Quota perDay(long amount) {
        return of(amount, Duration.ofDays(1));
    }

    /**
     * Sets how much can be taken at once.
     *
     * @param atOnce the capacity, 1 to 10<sup>12</sup>
     * @return the same rate with this capacity
     */
    public Quota burst(long atOnce) {
        return new Quota(amount, period, atOnce, rolling);
    }

    /** {@return the same amount, admitted at most once in any such period} */
    public Quota asRolling() {
        return new Quota(amount, period, amount, true);
    }

    /**
     * Reads a quota.
     *
     * @param text {@code N/P}, {@code N/P burst B} or {@code N/P rolling}, where P is {@code s}, {@code min},
     *     {@code hour} or {@code day} with an optional count before it, such as {@code 100/15min}
     * @return the quota
     * @throws IllegalArgumentException if the text is anything else, with what would be right
     */
    public static Quota parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is not a quota; write it like 20/min, 100/15min, 60/min burst 10 or 5/hour rolling");
        }
        long amount = Long.parseLong(matcher.group(1));
        String count = matcher.group(2);
        String unit = matcher.group(6) == null ? matcher.group(3) : CALENDAR;
        Duration period = period(text, unit, count.isEmpty() ? 1 : Long.parseLong(count));
        if (period.isZero() || period.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("\"" + text + "\": period must be 1s to 31day");
        }
        String burst = matcher.group(4);
        boolean rolling = matcher.group(5) != null;
        try {
            return new Quota(amount, period, burst == null ? amount : Long.parseLong(burst), rolling);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("\"" + text + "\": " + e.getMessage(), e);
        }
    }

    private static Duration period(String text, String unit, long count) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(count);
            case "min" -> Duration.ofMinutes(count);
            case "hour" -> Duration.ofHours(count);
            case "day" -> Duration.ofDays(count);
            case "month", "year", CALENDAR ->
                throw new IllegalArgumentException(
                        "\"" + text + "\": periods by " + unit + " are not supported yet; the longest period is 31day");
            default ->
                throw new IllegalArgumentException(
                        "\"" + text + "\": \"" + unit + "\" is no period; use s, min, hour or day");
        };
    }

    /** {@return the quota as the configuration writes it} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder().append(amount).append('/').append(periodText());
        if (rolling) {
            text.append(" rolling");
        } else if (capacity != amount) {
            text.append(" burst ").append(capacity);
        }
        return text.toString();
    }

    private String periodText() {
        long millis = period.toMillis();
        long[] lengths = {86_400_000, 3_600_000, 60_000, 1000};
        String[] units = {"day", "hour", "min", "s"};
        for (int i = 0; i < units.length; i++) {
            if (millis % lengths[i] == 0 && period.toNanosPart() % 1_000_000 == 0) {
                long count = millis / lengths[i];
                return (count == 1 ? "" : count) + units[i];
            }
        }
        return period.toString();
    }
}
