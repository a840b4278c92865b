// SPDX-License-Identifier: Apache-2.0
package dev.weir.memory;

import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import dev.weir.store.Verdict;
import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.BucketState64BitsInteger;
import io.github.bucket4j.TokensInheritanceStrategy;
import java.math.BigInteger;

/** A token bucket: Bucket4j's state, driven under the entry's lock. */
final class BucketEntry extends Entry {

    private static final long FAR = Long.MAX_VALUE - 1;

    private BucketLimit limit;
    private BucketState state;

    BucketEntry(ChargeItem item, long now, int second) {
        super(item, second);
        this.limit = (BucketLimit) item.limit();
        this.state = new BucketState64BitsInteger(this.limit.configuration(), now);
    }

    @Override
    void advance(Limit wanted, long now) {
        if (begin() && wanted != limit) {
            limit = (BucketLimit) wanted;
            state = new BucketState64BitsInteger(limit.configuration(), now);
            return;
        }
        state.refillAllBandwidth(now);
        if (wanted != limit && wanted.version() > limit.version()) {
            limit = (BucketLimit) wanted;
            state = state.replaceConfiguration(limit.configuration(), TokensInheritanceStrategy.ADDITIVE, now);
        }
    }

    @Override
    Verdict check(ChargeItem item, long now) {
        Verdict verdict = Verdict.PASSED;
        for (int i = 0; i < limit.size(); i++) {
            if (item.cost() > limit.capacity(i)) {
                return Verdict.IMPOSSIBLE;
            }
            if (item.cost() > state.getCurrentSize(i)) {
                verdict = Verdict.REFUSED;
            }
        }
        return verdict;
    }

    @Override
    void take(ChargeItem item, long now) {
        state.consume(item.cost());
    }

    /* Each bandwidth stops at minus its own capacity, and Bucket4j consumes from all alike: so the one with the least
     * room below decides. */
    @Override
    void settle(ChargeItem item, long now) {
        long room = Long.MAX_VALUE;
        for (int i = 0; i < limit.size(); i++) {
            room = Math.min(room, state.getCurrentSize(i) + limit.capacity(i));
        }
        if (room > 0) {
            state.consume(Math.min(item.cost(), room));
        }
    }

    @Override
    void report(ChargeItem item, long now) {
        item.holdTo(limit);
        for (int i = 0; i < limit.size(); i++) {
            long size = state.getCurrentSize(i);
            long wait = item.verdict() == Verdict.PASSED ? 0 : waitNanos(item, i);
            item.report(i, Math.max(0, size), wait, nanosToGain(i, limit.capacity(i) - size));
        }
    }

    private long waitNanos(ChargeItem item, int rate) {
        return item.cost() > limit.capacity(rate)
                ? Long.MAX_VALUE
                : nanosToGain(rate, item.cost() - state.getCurrentSize(rate));
    }

    /**
     * How long until so many tokens have come back, rounded up, so that whoever waits that long finds them. Bucket4j's own
     * answer is rounded down.
     */
    private long nanosToGain(int rate, long tokens) {
        if (tokens <= 0) {
            return 0;
        }
        Bandwidth bandwidth = limit.configuration().getBandwidths()[rate];
        long period = bandwidth.getRefillPeriodNanos();
        long perPeriod = bandwidth.getRefillTokens();
        long credit = state.getRoundingError(rate);
        if (Math.multiplyHigh(tokens, period) == 0 && tokens * period > 0 && tokens * period <= FAR - perPeriod) {
            return (tokens * period - credit + perPeriod - 1) / perPeriod;
        }
        BigInteger exact = BigInteger.valueOf(tokens)
                .multiply(BigInteger.valueOf(period))
                .subtract(BigInteger.valueOf(credit))
                .add(BigInteger.valueOf(perPeriod - 1))
                .divide(BigInteger.valueOf(perPeriod));
        return exact.bitLength() < Long.SIZE ? Math.min(exact.longValueExact(), FAR) : FAR;
    }

    @Override
    boolean isWhole(long at) {
        state.refillAllBandwidth(at);
        for (int i = 0; i < limit.size(); i++) {
            if (state.getCurrentSize(i) < limit.capacity(i)) {
                return false;
            }
        }
        return true;
    }

    @Override
    void refill() {
        state.reset();
    }

    @Override
    void inherit(Entry overflow, long now) {
        begin();
        BucketEntry shared = (BucketEntry) overflow;
        limit = shared.limit;
        state = shared.state.copy();
    }
}
