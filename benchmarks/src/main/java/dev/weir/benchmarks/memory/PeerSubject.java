// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import io.github.bucket4j.Bandwidth;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.BucketListener;
import io.github.bucket4j.BucketState;
import io.github.bucket4j.BucketState64BitsInteger;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.MathType;
import io.github.bucket4j.TimeMeter;
import io.github.bucket4j.local.LockFreeBucket;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.github.resilience4j.ratelimiter.RateLimiterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.catalina.util.TimeBucketCounter;

/**
 * The others, each used as well as it can be: what is shared is shared, and a key that is there already is found by
 * {@code get}, which takes no lock, before {@code computeIfAbsent}.
 */
abstract class PeerSubject<L> implements Subject {

    private final ConcurrentMap<String, L> limiters = new ConcurrentHashMap<>();
    final String[] names;

    PeerSubject(String... names) {
        this.names = names;
    }

    abstract L limiter();

    final L find(int caller) {
        String name = names[caller];
        L known = limiters.get(name);
        return known != null ? known : limiters.computeIfAbsent(name, unknown -> limiter());
    }

    @Override
    public long entries() {
        return limiters.size();
    }

    private static BucketConfiguration configuration(Load load) {
        Bandwidth bandwidth = Bandwidth.builder()
                .capacity(load.capacity())
                .refillGreedy(load.amount(), load.period())
                .build();
        return new BucketConfiguration(List.of(bandwidth));
    }

    /** Bucket4j's local bucket, lock-free, in nanoseconds as Weir's; all of them share the configuration. */
    static class Bucket4j extends PeerSubject<Bucket> {
        private final BucketConfiguration configuration;

        Bucket4j(String[] names, Load load) {
            super(names);
            this.configuration = configuration(load);
        }

        @Override
        final Bucket limiter() {
            return new LockFreeBucket(
                    configuration, MathType.INTEGER_64_BITS, TimeMeter.SYSTEM_NANOTIME, BucketListener.NOPE);
        }

        @Override
        public Object take(int caller) {
            return find(caller).tryConsume(1);
        }
    }

    /** The same, asked for what remains and how long to wait, as Weir always answers. */
    static final class Bucket4jProbe extends Bucket4j {

        Bucket4jProbe(String[] names, Load load) {
            super(names, load);
        }

        @Override
        public Object take(int caller) {
            return find(caller).tryConsumeAndReturnRemaining(1);
        }

        @Override
        public boolean isAdmitted(Object answer) {
            return ((ConsumptionProbe) answer).isConsumed();
        }
    }

    /** Three buckets of one caller in turn; what the first gave is lost if the second refuses. */
    static final class ThreeBuckets implements Subject {
        private final List<Bucket4j> all;

        ThreeBuckets(String[] names, Load load) {
            this.all = List.of(new Bucket4j(names, load), new Bucket4j(names, load), new Bucket4j(names, load));
        }

        @Override
        public Object take(int caller) {
            for (int i = 0; i < all.size(); i++) {
                if (!all.get(i).find(caller).tryConsume(1)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public long entries() {
            return all.stream().mapToLong(Bucket4j::entries).sum();
        }
    }

    /** Resilience4j's registry, with a limiter for each name. */
    static final class Resilience4j implements Subject {
        private final RateLimiterRegistry registry;
        private final String[] names;

        Resilience4j(String[] names, Load load) {
            this.names = names;
            this.registry = RateLimiterRegistry.of(RateLimiterConfig.custom()
                    .limitForPeriod((int) load.capacity())
                    .limitRefreshPeriod(load.period())
                    .timeoutDuration(Duration.ZERO)
                    .build());
        }

        @Override
        public Object take(int caller) {
            return registry.rateLimiter(names[caller]).acquirePermission();
        }

        @Override
        public long entries() {
            return registry.getAllRateLimiters().size();
        }
    }

    /** Guava's limiter, which knows no burst: what it holds is a second's worth. */
    static final class Guava extends PeerSubject<com.google.common.util.concurrent.RateLimiter> {
        private final double perSecond;

        Guava(String[] names, Load load) {
            super(names);
            this.perSecond = (double) load.capacity() / load.period().toSeconds();
        }

        @Override
        com.google.common.util.concurrent.RateLimiter limiter() {
            return com.google.common.util.concurrent.RateLimiter.create(perSecond);
        }

        @Override
        public Object take(int caller) {
            return find(caller).tryAcquire();
        }
    }

    /** What Tomcat's RateLimitFilter counts with: requests of a name within a window. */
    static final class Tomcat implements Subject {
        private final ScheduledExecutorService maintenance = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "tomcat-counter");
            thread.setDaemon(true);
            return thread;
        });
        private final TimeBucketCounter counter;
        private final long most;
        private final String[] names;

        Tomcat(String[] names, Load load) {
            this.names = names;
            this.most = load.capacity();
            this.counter = new TimeBucketCounter((int) Duration.ofHours(1).toSeconds(), maintenance);
        }

        @Override
        public Object take(int caller) {
            return counter.increment(names[caller]) <= most;
        }

        @Override
        public long entries() {
            return UNTOLD;
        }

        @Override
        public void close() {
            counter.destroy();
            maintenance.shutdownNow();
        }
    }

    /** The floor: one compare-and-set of a number that never comes back. */
    static final class CompareAndSet extends PeerSubject<AtomicLong> {
        private final long capacity;

        CompareAndSet(String[] names, Load load) {
            super(names);
            this.capacity = load.capacity();
        }

        @Override
        AtomicLong limiter() {
            return new AtomicLong(capacity);
        }

        @Override
        public Object take(int caller) {
            AtomicLong left = find(caller);
            while (true) {
                long now = left.get();
                if (now <= 0) {
                    return false;
                }
                if (left.compareAndSet(now, now - 1)) {
                    return true;
                }
            }
        }
    }

    /** The floor of a token bucket: Bucket4j's arithmetic under the bucket's own lock. */
    static final class RawState extends PeerSubject<RawState.Locked> {
        private final BucketConfiguration configuration;

        RawState(String[] names, Load load) {
            super(names);
            this.configuration = configuration(load);
        }

        static final class Locked {
            private final BucketState state;

            Locked(BucketState state) {
                this.state = state;
            }

            synchronized boolean take() {
                state.refillAllBandwidth(TimeMeter.SYSTEM_NANOTIME.currentTimeNanos());
                if (state.getAvailableTokens() < 1) {
                    return false;
                }
                state.consume(1);
                return true;
            }
        }

        @Override
        Locked limiter() {
            long now = TimeMeter.SYSTEM_NANOTIME.currentTimeNanos();
            return new Locked(new BucketState64BitsInteger(configuration, now));
        }

        @Override
        public Object take(int caller) {
            return find(caller).take();
        }
    }
}
