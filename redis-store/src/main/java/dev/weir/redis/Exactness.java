// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.BucketLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import io.github.bucket4j.Bandwidth;
import java.util.List;

/**
 * Which limits the script holds exactly: it counts in milliseconds, and in doubles, which hold every whole number up to
 * 2<sup>53</sup>.
 */
final class Exactness {

    private static final long LARGEST = 1L << 53;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final int SEARCH = 10_000;

    private Exactness() {}

    static void check(Limit limit) {
        for (int i = 0; i < limit.size(); i++) {
            if (limit.periodNanos(i) % NANOS_PER_MILLI != 0) {
                throw new IllegalArgumentException(
                        "Redis counts in milliseconds, so a period must be whole ones but was " + limit.periodNanos(i)
                                + " ns");
            }
            if (limit.version() < 0 || limit.capacity(i) > LARGEST) {
                throw new IllegalArgumentException(
                        "a version must be at least 0, and a capacity at most 2^53, in " + limit);
            }
        }
        if (limit instanceof BucketLimit bucket) {
            for (int i = 0; i < bucket.size(); i++) {
                check(bucket, i);
            }
        }
    }

    private static void check(BucketLimit limit, int rate) {
        Bandwidth bandwidth = limit.configuration().getBandwidths()[rate];
        long largest = largestCapacity(bandwidth);
        if (limit.capacity(rate) > largest) {
            throw new IllegalArgumentException(text(limit, rate) + " cannot be counted exactly in Redis; "
                    + (largest > 0
                            ? "the largest burst that can is " + largest
                            : "the next lower amount that can is " + lowerAmount(limit, rate)));
        }
    }

    private static String text(BucketLimit limit, int rate) {
        return limit.amount(rate) + " in " + limit.periodNanos(rate) / NANOS_PER_MILLI + " ms with a burst of "
                + limit.capacity(rate);
    }

    /** 0 if the rate itself cannot be held. The script multiplies what is missing, up to twice the capacity, by the period. */
    private static long largestCapacity(Bandwidth bandwidth) {
        if (bandwidth.getRefillPeriodNanos() % NANOS_PER_MILLI != 0) {
            return 0;
        }
        long period = bandwidth.getRefillPeriodNanos() / NANOS_PER_MILLI;
        return bandwidth.getRefillTokens() >= LARGEST / period ? 0 : LARGEST / period / 2;
    }

    private static String lowerAmount(BucketLimit limit, int rate) {
        long amount = limit.amount(rate);
        for (long lower = amount - 1; lower >= Math.max(1, amount - SEARCH); lower--) {
            if (works(lower, limit.periodNanos(rate))) {
                return Long.toString(lower);
            }
        }
        return "a rounder one";
    }

    private static boolean works(long amount, long periodNanos) {
        try {
            BucketLimit limit = new BucketLimit(List.of(new Rate(amount, periodNanos, amount)), 0);
            return largestCapacity(limit.configuration().getBandwidths()[0]) >= amount;
        } catch (IllegalArgumentException e) {
            return false; // not even in 64 bits
        }
    }
}
