// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.store.Rate;
import java.util.Arrays;

/**
 * Judges what a store has admitted and refused of one key, from the outside: a charge was decided at some moment between its
 * start and its end, and whatever that moment was, the history must be possible. It shares no code with any store.
 *
 * <p>Never a false alarm. It misses what hides between the start and the end of a charge, which is nothing if the clock
 * stood still meanwhile.
 */
final class HistoryChecker {

    private final String name;

    /** Judges the history of one key, which failures name. */
    HistoryChecker(String name) {
        this.name = name;
    }

    /**
     * In every window, those that surely were admitted in it took at most capacity + rate x time; and each that was refused
     * may have found too little, for which a refusal that takes something would leave no room.
     */
    void bucket(Rate rate, Spans taken, Spans refused) {
        neverTooMuch(rate, taken);
        refusedForAReason(rate, taken, refused);
    }

    /* All windows at once, in n log n. The charges are added in the order of their ends, which are the ends of the windows;
     * a tree over their starts, which are the beginnings, holds for each what was taken from then on plus the rate x the
     * time of its beginning, and at its root the most of all. */
    private void neverTooMuch(Rate rate, Spans taken) {
        int[] byStart = taken.byStart();
        int[] place = new int[taken.size()];
        for (int i = 0; i < place.length; i++) {
            place[byStart[i]] = i;
        }
        int leaves = Integer.highestOneBit(Math.max(1, taken.size())) * 2;
        long[] sum = new long[leaves * 2];
        long[] most = new long[leaves * 2];
        Arrays.fill(most, Long.MIN_VALUE / 2);
        for (int i : taken.byEnd()) {
            int node = leaves + place[i];
            sum[node] = Math.multiplyExact(taken.cost(i), rate.periodNanos());
            most[node] = sum[node] + Math.multiplyExact(rate.amount(), taken.start(i));
            for (node /= 2; node > 0; node /= 2) {
                sum[node] = sum[2 * node] + sum[2 * node + 1];
                most[node] = Math.max(most[2 * node + 1], most[2 * node] + sum[2 * node + 1]);
            }
            long allowed = rate.capacity() * rate.periodNanos() + Math.multiplyExact(rate.amount(), taken.end(i));
            long excess = most[1] - allowed;
            assertTrue(
                    excess <= 0,
                    () -> name + ": " + ceil(excess, rate) + " too much in some window up to " + taken.end(i));
        }
    }

    private static long ceil(long parts, Rate rate) {
        return (parts + rate.periodNanos() - 1) / rate.periodNanos();
    }

    /* What is missing from a full bucket is at most what it would be if all had been taken at their ends, and all that were
     * under way during the refusal before it. */
    private void refusedForAReason(Rate rate, Spans taken, Spans refused) {
        Spans.Sums started = taken.sums(true);
        Spans.Sums ended = taken.sums(false);
        int[] ends = taken.byEnd();
        long missing = 0;
        long at = 0;
        int next = 0;
        for (int i : refused.byStart()) {
            for (; next < ends.length && taken.end(ends[next]) <= refused.start(i); next++) {
                missing =
                        after(missing, taken.end(ends[next]) - at, rate) + taken.cost(ends[next]) * rate.periodNanos();
                at = taken.end(ends[next]);
            }
            long underWay = started.upTo(refused.end(i)) - ended.upTo(refused.start(i));
            long most = after(missing, refused.start(i) - at, rate) + (underWay + refused.cost(i)) * rate.periodNanos();
            assertTrue(
                    most > rate.capacity() * rate.periodNanos(),
                    () -> name + ": " + refused.cost(i) + " refused without a reason at " + refused.start(i));
        }
    }

    private static long after(long missing, long nanos, Rate rate) {
        return Math.max(0, missing - Math.multiplyExact(rate.amount(), nanos));
    }

    /** In no period more than the amount; and each that was refused may have found too much in the one before it. */
    void rolling(Rate rate, Spans taken, Spans refused) {
        int[] byStart = taken.byStart();
        int[] byEnd = taken.byEnd();
        boolean[] over = new boolean[taken.size()];
        boolean[] in = new boolean[taken.size()];
        long sum = 0;
        int next = 0;
        for (int first : byStart) {
            long end = taken.start(first) + rate.periodNanos();
            for (; next < byEnd.length && taken.end(byEnd[next]) < end; next++) {
                in[byEnd[next]] = !over[byEnd[next]];
                sum += in[byEnd[next]] ? taken.cost(byEnd[next]) : 0;
            }
            long found = sum;
            assertTrue(
                    found <= rate.amount(),
                    () -> name + ": " + found + " of " + rate.amount() + " in the period from " + taken.start(first));
            over[first] = true;
            sum -= in[first] ? taken.cost(first) : 0;
        }
        Spans.Sums started = taken.sums(true);
        Spans.Sums ended = taken.sums(false);
        for (int i = 0; i < refused.size(); i++) {
            int index = i;
            long most = started.upTo(refused.end(i)) - ended.upTo(refused.start(i) - rate.periodNanos());
            assertTrue(
                    most + refused.cost(i) > rate.amount(),
                    () -> name + ": " + refused.cost(index) + " refused without a reason at " + refused.start(index));
        }
    }

    /**
     * Never were more surely held than there are; and each that was refused may have found all held.
     *
     * @param granted when each was taken
     * @param returned when the same was given back, by the same index
     */
    void leases(long max, Spans granted, Spans returned, Spans refused) {
        assertTrue(
                granted.size() == returned.size(),
                () -> name + ": " + granted.size() + " taken, " + returned.size() + " given back");
        Spans.Sums taken = granted.sums(false);
        Spans.Sums back = returned.sums(true);
        for (int i = 0; i < granted.size(); i++) {
            // Given back at the moment when another was taken, it may have been given back before.
            long held = taken.upTo(granted.end(i)) - back.upTo(granted.end(i));
            int index = i;
            assertTrue(held <= max, () -> name + ": " + held + " of " + max + " held at " + granted.end(index));
        }
        Spans.Sums perhapsTaken = granted.sums(true);
        Spans.Sums surelyBack = returned.sums(false);
        for (int i = 0; i < refused.size(); i++) {
            int index = i;
            long most = perhapsTaken.upTo(refused.end(i)) - surelyBack.upTo(refused.start(i) - 1);
            assertTrue(most >= max, () -> name + ": refused without a reason at " + refused.start(index));
        }
    }

    /**
     * Where it was refused again and again, so that it never had the time to become full, nearly all that the rate gives was
     * taken. A refusal that took long says little of when it was decided (its thread may have had no processor), so it is passed over
     * where others stand beside it.
     *
     * @return whether it was refused so often; if not, nothing is said
     */
    boolean nearlyAll(Rate rate, Spans taken, Spans refused) {
        int[] order = refused.byStart();
        if (order.length == 0) {
            return false;
        }
        long before = taken.start(taken.byStart()[0]);
        long first = taken.end(taken.byEnd()[0]);
        for (int i : order) {
            if ((refused.end(i) - before) * rate.amount() < (rate.capacity() - refused.cost(i)) * rate.periodNanos()) {
                before = refused.start(i);
            }
        }
        int last = order[order.length - 1];
        if ((refused.start(last) - before) * rate.amount()
                >= (rate.capacity() - refused.cost(last)) * rate.periodNanos()) {
            return false;
        }
        long given = rate.capacity() + (before - first) * rate.amount() / rate.periodNanos();
        long sum = taken.sum();
        assertTrue(sum * 100 >= given * 99, () -> name + ": admitted " + sum + " of " + given);
        return true;
    }
}
