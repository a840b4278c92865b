// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.Decision;
import dev.weir.RateLimiter;
import dev.weir.benchmarks.memory.Call;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.redis.RedisStore;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Weir: its Redis store as such, and behind the guard that the engine puts before it. */
abstract class WeirSubject implements Subject {

    /** A machine under load is no outage. */
    private static final long DEADLINE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final String[] RULES = {"first", "second", "third", "fourth"};

    final RedisStore store;

    private WeirSubject(Site site) {
        this.store = RedisStore.builder(site.client(), site.address())
                .namespace(site.prefix())
                .secret("benchmark")
                .build();
    }

    @Override
    public void close() {
        store.close();
    }

    /** The store's charge of some buckets, put together as the engine does it for keys that exist. */
    static class Buckets extends WeirSubject {
        private final Key[] callers;
        private final BucketLimit limit;
        private final int buckets;

        Buckets(Site site, Load load, String[] names, int buckets) {
            super(site);
            this.callers =
                    Arrays.stream(names).map(name -> Key.of(Scope.USER, name)).toArray(Key[]::new);
            this.limit = new BucketLimit(
                    List.of(new Rate(load.amount(), load.period().toNanos(), load.capacity())), 0);
            this.buckets = buckets;
            store.check(limit);
        }

        Key caller(int index) {
            return callers[index];
        }

        final Charge put(int caller) {
            Charge charge = new Charge(buckets + 1);
            for (int i = 0; i < buckets; i++) {
                charge.add(new ChargeItem(Action.TAKE, limit, RULES[i], null, callers[caller], 1));
            }
            return charge;
        }

        final boolean isAdmitted(Charge charge) {
            store.charge(charge, DEADLINE_NANOS);
            if (!charge.outcome().decided()) {
                throw new IllegalStateException("the store did not decide", charge.cause());
            }
            return charge.outcome() == Outcome.ADMITTED;
        }

        @Override
        public boolean take(int caller) {
            return isAdmitted(put(caller));
        }
    }

    /** One bucket and a lease, which is given back at once, as when an answer is quick. */
    static final class BucketAndLease extends Buckets {

        /** More than there are threads, though releases come a little late. */
        private static final LeaseLimit LEASES = new LeaseLimit(100_000, 0);

        BucketAndLease(Site site, Load load, String... names) {
            super(site, load, names, 1);
        }

        @Override
        public boolean take(int caller) {
            Charge charge = put(caller);
            ChargeItem lease = new ChargeItem(Action.TAKE, LEASES, "lease", null, caller(caller), 1);
            charge.add(lease);
            boolean admitted = isAdmitted(charge);
            if (admitted) {
                requireNonNull(lease.lease(), "an admitted charge has its lease")
                        .release();
            }
            return admitted;
        }
    }

    /** {@code RateLimiter.decide} and {@code complete} for a known caller: the engine, its guard, the store. */
    static final class Guarded extends WeirSubject {
        private final RateLimiter limiter;
        private final Call[] calls;

        Guarded(Site site, Load load, String... names) {
            super(site);
            // The file is asked for the deadline alone: a machine under load is no outage.
            String text = "store: {type: redis, redis: {uri: \"" + site.uri() + "\", deadline: 1s}}\n"
                    + "identity: {user: [principal]}\nrules:\n"
                    + "  - {name: first, path: /api/**, per: user, rate: " + load.text() + ", on-failure: closed}\n";
            this.limiter = RateLimiter.builder(Configuration.parse("benchmark", text))
                    .store(store)
                    .resolver(request -> ((Call) request).identity())
                    .build();
            this.calls = Arrays.stream(names)
                    .map(name -> new Call(name, Identity.of(null, name, Call.ADDRESS)))
                    .toArray(Call[]::new);
        }

        @Override
        public boolean take(int caller) {
            Decision decision = limiter.decide(calls[caller]);
            limiter.complete(decision, 200);
            return decision.isAdmitted();
        }

        /** A refusal without the store would look like one that was remembered. */
        @Override
        public void check() {
            if (limiter.degradedDecisions() > 0) {
                throw new IllegalStateException("the guard has decided without the store");
            }
        }

        @Override
        public void close() {
            limiter.close();
            super.close();
        }
    }
}
