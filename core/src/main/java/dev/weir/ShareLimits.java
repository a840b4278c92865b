// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.store.BucketLimit;
import dev.weir.store.ItemKind;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * One instance's share of a limit, where so many share it. Of 20 a minute each of three instances has a bucket of 6 into
 * which 20 come back in three minutes; of 5 leases each has one. Nobody's share is less than what one request costs.
 */
final class ShareLimits {

    /** Above this, 64-bit arithmetic is not exact: the same bound as {@link BucketLimit} has. */
    private static final long MOST_PRODUCT = Long.MAX_VALUE / 2;

    private static final BigInteger SAFE_PRODUCT = BigInteger.ONE.shiftLeft(61);

    private ShareLimits() {}

    /**
     * Works the share out.
     *
     * @param instances how many share the limit, at least 1
     * @param cost the largest cost that must have room in it
     * @param version the version that it is to have
     */
    static Limit of(Limit whole, int instances, long cost, long version) {
        if (whole.kind() == ItemKind.LEASE) {
            return new LeaseLimit(atLeast(1, whole.capacity(0), instances), version);
        }
        boolean bucket = whole.kind() == ItemKind.BUCKET;
        List<Rate> rates = new ArrayList<>(whole.size());
        for (int i = 0; i < whole.size(); i++) {
            long capacity = atLeast(cost, whole.capacity(i), instances);
            rates.add(
                    bucket
                            ? slower(whole.amount(i), whole.periodNanos(i), instances, capacity)
                            : new Rate(capacity, whole.periodNanos(i), capacity));
        }
        return bucket ? new BucketLimit(rates, version) : new RollingLimit(rates, version);
    }

    private static long atLeast(long least, long whole, int instances) {
        return Math.max(Math.max(1, least), whole / instances);
    }

    /** The same amount in so many times the period, or the nearest lower rate that can be counted exactly. */
    private static Rate slower(long amount, long periodNanos, int instances, long capacity) {
        BigInteger period = BigInteger.valueOf(periodNanos).multiply(BigInteger.valueOf(instances));
        BigInteger tokens = BigInteger.valueOf(amount);
        BigInteger gcd = tokens.gcd(period);
        if (isLong(period) && fits(tokens.divide(gcd).multiply(period.divide(gcd)))) {
            return new Rate(amount, period.longValueExact(), capacity);
        }
        // Fewer tokens in as much less time, rounded up: so few that their product fits.
        BigInteger fewer =
                SAFE_PRODUCT.multiply(tokens).divide(period).sqrt().min(tokens).max(BigInteger.ONE);
        BigInteger[] shorter = period.multiply(fewer).divideAndRemainder(tokens);
        BigInteger roundedUp = shorter[1].signum() == 0 ? shorter[0] : shorter[0].add(BigInteger.ONE);
        return new Rate(
                fewer.longValueExact(),
                roundedUp.min(BigInteger.valueOf(MOST_PRODUCT)).longValueExact(),
                capacity);
    }

    private static boolean isLong(BigInteger number) {
        return number.bitLength() < Long.SIZE;
    }

    private static boolean fits(BigInteger product) {
        return product.compareTo(BigInteger.valueOf(MOST_PRODUCT)) <= 0;
    }
}
