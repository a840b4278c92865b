// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import dev.weir.Decision;
import dev.weir.QuotaLimiter;
import dev.weir.RateLimiter;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.memory.MemoryStore;
import dev.weir.plan.Quota;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Outcome;
import dev.weir.store.Rate;
import dev.weir.time.TimeSource;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;

/** Weir, asked at each of the places where an application can ask it. */
abstract class WeirSubject implements Subject {

    private static final long MAX_KEYS = 8_000_000;
    private static final long DEADLINE_NANOS = 25_000_000;
    private static final String[] RULES = {"first", "second", "third"};

    final MemoryStore store = new MemoryStore(MAX_KEYS, TimeSource.system());

    @Override
    public long entries() {
        return store.keys();
    }

    @Override
    public void close() {
        store.close();
    }

    /** {@code QuotaLimiter.tryConsume(key)}. */
    static final class TryConsume extends WeirSubject {
        private final QuotaLimiter limiter;
        private final String[] names;

        TryConsume(String[] names, Load load) {
            this(names, load.quota());
        }

        TryConsume(String[] names, Quota... quotas) {
            this.names = names;
            this.limiter = QuotaLimiter.of(store, "quota", quotas);
        }

        @Override
        public Object take(int caller) {
            return limiter.tryConsume(names[caller]);
        }
    }

    /** The store's contract: a charge is put together, as the engine does it, and charged. */
    static class StoreCharge extends WeirSubject {
        private final Key[] callers;
        private final BucketLimit limit;
        private final int buckets;

        StoreCharge(String[] names, Load load, int buckets) {
            this.callers =
                    Arrays.stream(names).map(name -> Key.of(Scope.USER, name)).toArray(Key[]::new);
            Rate rate = new Rate(load.amount(), load.period().toNanos(), load.capacity());
            this.limit = new BucketLimit(List.of(rate), 0);
            this.buckets = buckets;
        }

        final Charge put(int caller) {
            Charge charge = new Charge(buckets);
            for (int i = 0; i < buckets; i++) {
                charge.add(new ChargeItem(Action.TAKE, limit, RULES[i], null, callers[caller], 1));
            }
            return charge;
        }

        @Override
        public Object take(int caller) {
            Charge charge = put(caller);
            store.charge(charge, DEADLINE_NANOS);
            return charge;
        }

        @Override
        public boolean isAdmitted(Object answer) {
            return ((Charge) answer).outcome() == Outcome.ADMITTED;
        }
    }

    /** What of {@link StoreCharge} is not the store's: it puts the charge together and leaves it at that. */
    static final class ChargeAlone extends StoreCharge {

        ChargeAlone(String[] names, Load load, int buckets) {
            super(names, load, buckets);
        }

        @Override
        public Object take(int caller) {
            return put(caller);
        }
    }

    /** {@code RateLimiter.decide} and {@code complete}, for a caller whose identity is known already. */
    static class Decide extends WeirSubject {
        final RateLimiter limiter;
        private final Call[] calls;

        Decide(String[] names, Load load, int rules) {
            this.limiter = RateLimiter.builder(configuration(load, rules))
                    .store(store)
                    .resolver(request -> ((Call) request).identity())
                    .build();
            this.calls = Arrays.stream(names)
                    .map(name -> new Call(name, Identity.of(null, name, Call.ADDRESS)))
                    .toArray(Call[]::new);
        }

        @Override
        public Object take(int caller) {
            Decision decision = limiter.decide(calls[caller]);
            limiter.complete(decision, 200);
            return decision;
        }

        @Override
        public boolean isAdmitted(Object answer) {
            return ((Decision) answer).isAdmitted();
        }

        @Override
        public void close() {
            limiter.close();
            super.close();
        }
    }

    /** {@link Decide}, and the text of all headers. */
    static final class DecideWithHeaders extends Decide {

        DecideWithHeaders(String[] names, Load load, int rules) {
            super(names, load, rules);
        }

        @Override
        public Object take(int caller) {
            Decision decision = (Decision) super.take(caller);
            return Answer.of(limiter, decision);
        }

        @Override
        public boolean isAdmitted(Object answer) {
            return ((Answer) answer).decision.isAdmitted();
        }
    }

    /** All of it, as the filter does it: a new request, the configured resolver, the decision, the headers. */
    static final class Whole extends WeirSubject {
        private final RateLimiter limiter;
        private final String[] names;

        Whole(String[] names, Load load, int rules) {
            this.limiter =
                    RateLimiter.builder(configuration(load, rules)).store(store).build();
            this.names = names;
        }

        @Override
        public Object take(int caller) {
            Decision decision = limiter.decide(new Call(names[caller], Identity.unknown()));
            Answer answer = Answer.of(limiter, decision);
            limiter.complete(decision, 200);
            return answer;
        }

        @Override
        public boolean isAdmitted(Object answer) {
            return ((Answer) answer).decision.isAdmitted();
        }

        @Override
        public void close() {
            limiter.close();
            super.close();
        }
    }

    /** Keeps the headers, as a response would. */
    private static final class Answer implements BiConsumer<String, String> {
        private static final int MOST_HEADERS = 8;

        private final Decision decision;
        private final String[] values = new String[MOST_HEADERS];
        private int size;

        private Answer(Decision decision) {
            this.decision = decision;
        }

        static Answer of(RateLimiter limiter, Decision decision) {
            Answer answer = new Answer(decision);
            limiter.headers(decision, answer);
            return answer;
        }

        @Override
        public void accept(String name, String value) {
            values[size++] = value;
        }
    }

    private static Configuration configuration(Load load, int rules) {
        StringBuilder text = new StringBuilder("identity: {user: [principal]}\nrules:\n");
        for (int i = 0; i < rules; i++) {
            text.append("  - {name: ").append(RULES[i]).append(", path: /api/**, per: user, rate: ");
            text.append(load.text()).append("}\n");
        }
        return Configuration.parse("benchmark", text.toString());
    }
}
