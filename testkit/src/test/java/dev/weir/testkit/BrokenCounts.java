// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.Limit;
import java.math.BigInteger;

/** What a broken store remembers of a key, where the fault is there. */
final class BrokenCounts {

    private BrokenCounts() {}

    /** {@return a count with this fault, or null if the fault is elsewhere} */
    static NaiveCount of(Fault fault, Limit limit, long now) {
        return switch (limit.kind()) {
            case BUCKET -> bucket(fault, limit, now);
            case ROLLING -> rolling(fault, limit, now);
            case LEASE -> null;
        };
    }

    private static NaiveCount bucket(Fault fault, Limit limit, long now) {
        return switch (fault) {
            case REFILLS_ABOVE_THE_CAPACITY ->
                new NaiveCount.Bucket(limit, now) {
                    @Override
                    BigInteger atMost(BigInteger full, BigInteger parts) {
                        return parts;
                    }
                };
            case REFILLS_WHOLE_TOKENS_ONLY ->
                new NaiveCount.Bucket(limit, now) {
                    @Override
                    BigInteger atMost(BigInteger full, BigInteger parts) {
                        BigInteger period = BigInteger.valueOf(limit().periodNanos(0));
                        return super.atMost(full, parts.subtract(parts.mod(period)));
                    }
                };
            case COUNTS_IN_64_BITS ->
                new NaiveCount.Bucket(limit, now) {
                    @Override
                    BigInteger atMost(BigInteger full, BigInteger parts) {
                        return super.atMost(full, BigInteger.valueOf(parts.longValue()));
                    }
                };
            case COUNTS_COSTS_IN_32_BITS ->
                new NaiveCount.Bucket(limit, now) {
                    @Override
                    void take(long amount) {
                        super.take(amount & 0xFFFF_FFFFL);
                    }
                };
            case FORGIVES_WHEN_RECONFIGURED ->
                new NaiveCount.Bucket(limit, now) {
                    @Override
                    void adopt(Limit newer) {
                        if (available(0) < 0) {
                            take(available(0));
                        }
                        super.adopt(newer);
                    }
                };
            default -> null;
        };
    }

    private static NaiveCount rolling(Fault fault, Limit limit, long now) {
        return switch (fault) {
            case ROLLING_IS_A_BUCKET -> new NaiveCount.Bucket(limit, now);
            case ROLLING_REMEMBERS_A_THOUSAND ->
                new NaiveCount.Log(limit, now) {
                    @Override
                    void take(long amount) {
                        super.take(Math.min(amount, 1000));
                    }
                };
            case ROLLING_FORGETS_LATE ->
                new NaiveCount.Log(limit, now) {
                    @Override
                    void forget() {}
                };
            default -> null;
        };
    }
}
