// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.Quota;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.ItemTemplate;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.List;

/**
 * Limits anything, by any name, without a servlet or a file.
 *
 * <pre>{@code
 * QuotaLimiter perUser = QuotaLimiter.of(Quota.perMinute(60).burst(10));
 * if (!perUser.tryConsume("user123")) retryIn(perUser.timeToWait("user123"));
 * }</pre>
 *
 * <p>Each name has quotas of its own. Several quotas all hold: what one refuses is not taken from the others. A name that
 * is whole again costs no memory. A cost above a quota's capacity could never pass and is an error of the caller's.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class QuotaLimiter implements AutoCloseable {

    private static final long DEADLINE_NANOS = Duration.ofSeconds(1).toNanos();

    private final RateLimitStore store;
    private final boolean ownsStore;
    private final String name;
    private final List<ItemTemplate> templates;
    private final long capacity;

    private QuotaLimiter(RateLimitStore store, boolean ownsStore, String name, List<Quota> quotas) {
        if (quotas.isEmpty()) {
            throw new IllegalArgumentException("quotas must not be empty");
        }
        this.store = store;
        this.ownsStore = ownsStore;
        this.name = requireNonNull(name, "name");
        this.templates = LimitCompiler.limits(quotas, 0).stream()
                .map(limit -> new ItemTemplate(Action.TAKE, limit, name, 1))
                .toList();
        templates.forEach(template -> store.check(template.limit()));
        this.capacity = quotas.stream().mapToLong(Quota::capacity).min().orElseThrow();
    }

    /**
     * Makes a limiter that counts in the memory of this JVM, for at most a million names that are not whole.
     *
     * @param quotas what each name may do, at least one
     * @return the limiter
     * @throws IllegalArgumentException if there is no quota, or no memory store on the class path
     */
    public static QuotaLimiter of(Quota... quotas) {
        StoreSettings settings = StoreSettings.memory(StoreSettings.DEFAULT_MAX_KEYS);
        return new QuotaLimiter(Stores.open(settings, TimeSource.system()), true, "quota", List.of(quotas));
    }

    /**
     * Makes a limiter that counts in a store of the application's, which several limiters may share.
     *
     * @param store the store, which the application closes
     * @param name the name of this limiter, by which the store tells it from others
     * @param quotas what each name may do, at least one
     * @return the limiter
     * @throws IllegalArgumentException if there is no quota, or one that the store cannot hold exactly
     */
    public static QuotaLimiter of(RateLimitStore store, String name, Quota... quotas) {
        return new QuotaLimiter(requireNonNull(store, "store"), false, name, List.of(quotas));
    }

    /**
     * Takes 1, if it can.
     *
     * @param key for whom, not empty
     * @return whether it was taken
     */
    public boolean tryConsume(String key) {
        return tryConsume(key, 1);
    }

    /**
     * Takes some, or nothing.
     *
     * @param key for whom, not empty
     * @param cost how much, 1 to the smallest capacity
     * @return whether it was taken
     * @throws IllegalArgumentException if the cost is out of range
     */
    public boolean tryConsume(String key, long cost) {
        return charge(Action.TAKE, key, cost).outcome() == Outcome.ADMITTED;
    }

    /**
     * Tells whether 1 could be taken, and takes nothing.
     *
     * @param key for whom, not empty
     * @return whether it could
     */
    public boolean canConsume(String key) {
        return canConsume(key, 1);
    }

    /**
     * Tells whether some could be taken, and takes nothing.
     *
     * @param key for whom, not empty
     * @param cost how much, 1 to the smallest capacity
     * @return whether it could
     * @throws IllegalArgumentException if the cost is out of range
     */
    public boolean canConsume(String key, long cost) {
        return charge(Action.LOOK, key, cost).outcome() == Outcome.ADMITTED;
    }

    /**
     * Tells how long until 1 can be taken, if nobody else takes it.
     *
     * @param key for whom, not empty
     * @return the wait, zero if it can be taken now
     */
    public Duration timeToWait(String key) {
        return timeToWait(key, 1);
    }

    /**
     * Tells how long until some can be taken, if nobody else takes it.
     *
     * @param key for whom, not empty
     * @param cost how much, 1 to the smallest capacity
     * @return the wait, zero if it can be taken now
     * @throws IllegalArgumentException if the cost is out of range
     */
    public Duration timeToWait(String key, long cost) {
        Charge looked = charge(Action.LOOK, key, cost);
        long longest = 0;
        for (int i = 0; i < looked.size(); i++) {
            longest = Math.max(longest, looked.item(i).waitNanos());
        }
        return Duration.ofNanos(longest);
    }

    /**
     * Tells how much could be taken at once.
     *
     * @param key for whom, not empty
     * @return how much, at least 0
     */
    public long remaining(String key) {
        Charge looked = charge(Action.LOOK, key, 1);
        long least = Long.MAX_VALUE;
        for (int i = 0; i < looked.size(); i++) {
            for (int rate = 0; rate < looked.item(i).inForce().size(); rate++) {
                least = Math.min(least, looked.item(i).available(rate));
            }
        }
        return least;
    }

    /**
     * Makes a name whole again, as if it had taken nothing.
     *
     * @param key which, not empty
     */
    public void reset(String key) {
        Key per = Key.of(Scope.USER, key);
        store.remove(new ItemKey(ItemKind.BUCKET, name, null, per));
        store.remove(new ItemKey(ItemKind.ROLLING, name, null, per));
    }

    private Charge charge(Action action, String key, long cost) {
        if (cost < 1 || cost > capacity) {
            throw new IllegalArgumentException("cost must be 1 to " + capacity + " but was " + cost);
        }
        Key per = Key.of(Scope.USER, key);
        Charge charge = new Charge(templates.size());
        for (int i = 0; i < templates.size(); i++) {
            charge.add(templates.get(i).as(action).costing(cost).item(null, per));
        }
        store.charge(charge, DEADLINE_NANOS);
        if (!charge.outcome().decided() || charge.isPartly()) {
            charge.undo();
            throw new IllegalStateException("the store did not answer; is it closed?", charge.cause());
        }
        return charge;
    }

    /** Forgets all names, unless the store is the application's. */
    @Override
    public void close() {
        if (ownsStore) {
            store.close();
        }
    }
}
