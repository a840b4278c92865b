// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketConfiguration;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limit of a token bucket: each rate is a bandwidth that refills evenly.
 *
 * <p>20 per minute with capacity 20 gives one token back every 3 seconds. The arithmetic is Bucket4j's, in 64-bit
 * integers. A rate whose product of amount and period leaves 64 bits is reduced to its lowest terms; one that does not
 * fit even then is refused, because Bucket4j would go on in floating point.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class BucketLimit implements Limit {

    private static final int SEARCH = 10_000;
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private final List<Rate> rates;
    private final Rate[] byIndex;
    private final long version;
    private final BucketConfiguration configuration;

    /**
     * Makes the limit.
     *
     * @param rates the rates, at least one
     * @param version the version of these numbers
     * @throws IllegalArgumentException if there is no rate, or one that 64-bit arithmetic cannot hold exactly
     */
    public BucketLimit(List<Rate> rates, long version) {
        this.rates = List.copyOf(rates);
        this.byIndex = this.rates.toArray(Rate[]::new);
        this.version = version;
        List<Bandwidth> bandwidths = new ArrayList<>();
        for (int i = 0; i < this.rates.size(); i++) {
            bandwidths.add(bandwidth(this.rates.get(i), i));
        }
        this.configuration = new BucketConfiguration(bandwidths);
    }

    /* Design: the id names the kind of refill and the place in the list, nothing that a person would change when he
     * changes a number, so that Bucket4j's inheritance finds the bandwidth again. */
    private static Bandwidth bandwidth(Rate rate, int index) {
        long divisor = divisor(rate.amount(), rate.periodNanos());
        if (divisor == 0) {
            throw new IllegalArgumentException(inexact(rate));
        }
        return Bandwidth.builder()
                .capacity(rate.capacity())
                .refillGreedy(rate.amount() / divisor, Duration.ofNanos(rate.periodNanos() / divisor))
                .id("greedy-" + index)
                .build();
    }

    /** Answers what amount and period are to be divided by so that 64 bits hold their product, 0 if nothing helps. */
    private static long divisor(long amount, long period) {
        if (fits(amount, period)) {
            return 1;
        }
        if (period % NANOS_PER_MILLI == 0) {
            long whole = gcd(amount, period / NANOS_PER_MILLI);
            if (fits(amount / whole, period / whole)) {
                return whole; // a period of whole milliseconds stays one, for stores that count in them
            }
        }
        long gcd = gcd(amount, period);
        return fits(amount / gcd, period / gcd) ? gcd : 0;
    }

    private static long gcd(long a, long b) {
        return BigInteger.valueOf(a).gcd(BigInteger.valueOf(b)).longValueExact();
    }

    private static boolean fits(long amount, long period) {
        // Half of the range, because Bucket4j adds a rounding error below the period to the product.
        return amount <= period && amount <= Long.MAX_VALUE / 2 / period;
    }

    private static String seconds(long nanos) {
        return nanos % NANOS_PER_SECOND == 0 ? nanos / NANOS_PER_SECOND + " s" : nanos + " ns";
    }

    private static String inexact(Rate rate) {
        String problem = rate.amount() + " in " + seconds(rate.periodNanos()) + " cannot be counted exactly in 64 bits";
        for (long lower = rate.amount() - 1; lower >= Math.max(1, rate.amount() - SEARCH); lower--) {
            if (divisor(lower, rate.periodNanos()) != 0) {
                return problem + "; the next lower amount that can is " + lower;
            }
        }
        return problem + "; take a rounder amount, of at most one a nanosecond";
    }

    /** {@return the rates as a bucket of Bucket4j, one bandwidth for each, in the same order} */
    public BucketConfiguration configuration() {
        return configuration;
    }

    @Override
    public ItemKind kind() {
        return ItemKind.BUCKET;
    }

    @Override
    public long version() {
        return version;
    }

    @Override
    public int size() {
        return byIndex.length;
    }

    @Override
    public long capacity(int rate) {
        return byIndex[rate].capacity();
    }

    @Override
    public long amount(int rate) {
        return byIndex[rate].amount();
    }

    @Override
    public long periodNanos(int rate) {
        return byIndex[rate].periodNanos();
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof BucketLimit other && version == other.version && rates.equals(other.rates);
    }

    @Override
    public int hashCode() {
        return Objects.hash(rates, version);
    }

    @Override
    public String toString() {
        return "BucketLimit" + rates + " v" + version;
    }
}
