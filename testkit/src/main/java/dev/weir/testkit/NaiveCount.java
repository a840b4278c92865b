// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.store.BucketLimit;
import dev.weir.store.ItemKey;
import dev.weir.store.Lease;
import dev.weir.store.Limit;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the model remembers of one key. Guarded by the lock of its store. */
abstract class NaiveCount {

    private Limit limit;

    NaiveCount(Limit limit) {
        this.limit = limit;
    }

    /** {@return the limit in force} */
    final Limit limit() {
        return limit;
    }

    /** Goes over to another limit, and keeps what was consumed. */
    void adopt(Limit newer) {
        limit = newer;
    }

    /** Goes on to a time. */
    void advance(long now) {}

    /** {@return what could be taken of a rate now, below zero where settling has gone so far} */
    abstract long available(int rate);

    /** {@return how long until so much could be taken, if nothing else is} */
    abstract long nanosUntil(int rate, long amount);

    abstract void take(long amount);

    void refill() {}

    /** {@return whether it holds nothing that a new one would not hold} */
    boolean isWhole() {
        for (int i = 0; i < limit.size(); i++) {
            if (available(i) < limit.capacity(i)) {
                return false;
            }
        }
        return true;
    }

    /** A token bucket, counted in parts of a token: a period of a rate has as many parts as nanoseconds. */
    static class Bucket extends NaiveCount {
        private BigInteger[] parts;
        private long last;

        Bucket(Limit limit, long now) {
            super(limit);
            parts = full(limit);
            last = now;
        }

        private static BigInteger[] full(Limit limit) {
            BigInteger[] full = new BigInteger[limit.size()];
            for (int i = 0; i < full.length; i++) {
                full[i] = product(limit.capacity(i), limit.periodNanos(i));
            }
            return full;
        }

        private static BigInteger product(long a, long b) {
            return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
        }

        /* What was begun of a token goes over in Bucket4j's way: as many times as the old period goes into the new one. It
         * counts in periods that amount and period have been reduced to. */
        @Override
        void adopt(Limit newer) {
            BigInteger[] next = full(newer);
            for (int i = 0; i < Math.min(next.length, parts.length); i++) {
                long larger = Math.max(0, newer.capacity(i) - limit().capacity(i));
                BigInteger whole = product(available(i) + larger, newer.periodNanos(i));
                BigInteger begun = parts[i].mod(BigInteger.valueOf(limit().periodNanos(i)));
                long reduced = reducedPeriod(newer, i);
                BigInteger kept = begun.multiply(BigInteger.valueOf(reducedPeriod(limit(), i)))
                        .divide(BigInteger.valueOf(limit().periodNanos(i)))
                        .multiply(BigInteger.valueOf(reduced / reducedPeriod(limit(), i)))
                        .multiply(BigInteger.valueOf(newer.periodNanos(i) / reduced));
                next[i] = next[i].min(whole.add(kept));
            }
            parts = next;
            super.adopt(newer);
        }

        private static long reducedPeriod(Limit limit, int rate) {
            return ((BucketLimit) limit).configuration().getBandwidths()[rate].getRefillPeriodNanos();
        }

        @Override
        void advance(long now) {
            BigInteger[] full = full(limit());
            for (int i = 0; i < parts.length; i++) {
                parts[i] = atMost(full[i], parts[i].add(product(now - last, limit().amount(i))));
            }
            last = now;
        }

        BigInteger atMost(BigInteger full, BigInteger refilled) {
            return full.min(refilled);
        }

        @Override
        long available(int rate) {
            BigInteger[] tokens = parts[rate].divideAndRemainder(BigInteger.valueOf(limit().periodNanos(rate)));
            return tokens[0].longValueExact() + (tokens[1].signum() < 0 ? -1 : 0);
        }

        @Override
        long nanosUntil(int rate, long amount) {
            if (amount > limit().capacity(rate)) {
                return Long.MAX_VALUE;
            }
            BigInteger missing = product(amount, limit().periodNanos(rate)).subtract(parts[rate]);
            BigInteger perNano = BigInteger.valueOf(limit().amount(rate));
            return missing.signum() <= 0
                    ? 0
                    : missing.add(perNano)
                            .subtract(BigInteger.ONE)
                            .divide(perNano)
                            .longValueExact();
        }

        @Override
        void take(long amount) {
            for (int i = 0; i < parts.length; i++) {
                parts[i] = parts[i].subtract(product(amount, limit().periodNanos(i)));
            }
        }

        @Override
        void refill() {
            parts = full(limit());
        }
    }

    /** A rolling log: all times that count for some rate, oldest first. */
    static class Log extends NaiveCount {
        private final List<Long> times = new ArrayList<>();
        private long now;

        Log(Limit limit, long now) {
            super(limit);
            this.now = now;
        }

        @Override
        void advance(long to) {
            now = to;
            forget();
        }

        void forget() {
            long longest = 0;
            for (int i = 0; i < limit().size(); i++) {
                longest = Math.max(longest, limit().periodNanos(i));
            }
            long gone = longest;
            times.removeIf(time -> now - time >= gone);
        }

        private List<Long> live(int rate) {
            return times.stream()
                    .filter(time -> now - time < limit().periodNanos(rate))
                    .toList();
        }

        @Override
        long available(int rate) {
            return limit().amount(rate) - live(rate).size();
        }

        @Override
        long nanosUntil(int rate, long amount) {
            if (amount > limit().amount(rate)) {
                return Long.MAX_VALUE;
            }
            int mustLeave = (int) (amount - available(rate));
            return mustLeave <= 0 ? 0 : live(rate).get(mustLeave - 1) + limit().periodNanos(rate) - now;
        }

        @Override
        void take(long amount) {
            for (int i = 0; i < amount; i++) {
                times.add(now);
            }
        }

        @Override
        void refill() {
            times.clear();
        }
    }

    /** A set of leases. */
    static final class Leases extends NaiveCount {
        private final List<NaiveLease> held = new ArrayList<>();

        Leases(Limit limit) {
            super(limit);
        }

        @Override
        long available(int rate) {
            return limit().capacity(rate) - held.size();
        }

        @Override
        long nanosUntil(int rate, long amount) {
            return 0;
        }

        @Override
        void take(long amount) {
            throw new IllegalStateException("leases are taken one by one");
        }

        Lease take(NaiveStore store, ItemKey key, @Nullable String id) {
            NaiveLease lease = new NaiveLease(store, this, key, id);
            held.add(lease);
            return lease;
        }

        @Nullable Lease find(@Nullable String id) {
            return held.stream()
                    .filter(lease -> id != null && id.equals(lease.id))
                    .findFirst()
                    .orElse(null);
        }

        boolean release(Lease lease) {
            return held.removeIf(one -> one == lease);
        }

        /** {@return one that is held, or null} */
        @Nullable Lease any() {
            return held.isEmpty() ? null : held.get(0);
        }
    }

    /** One lease. */
    private static final class NaiveLease implements Lease {
        private final NaiveStore store;
        private final Leases home;
        private final ItemKey key;
        private final @Nullable String id;

        NaiveLease(NaiveStore store, Leases home, ItemKey key, @Nullable String id) {
            this.store = store;
            this.home = home;
            this.key = key;
            this.id = id;
        }

        @Override
        public ItemKey key() {
            return key;
        }

        @Override
        public void release() {
            store.release(home, this);
        }
    }
}
