// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.config.Configuration;
import dev.weir.guard.GuardedStore;
import dev.weir.guard.Pulse;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Mode;
import dev.weir.plan.Rule;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.RateLimitStore;
import dev.weir.store.SharedMaps;
import dev.weir.store.SharedRateLimitStore;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A limiter's store with all that stands around it, and the end of what of that the limiter has opened. Thread-safe. */
final class StoreAccess implements AutoCloseable {

    private static final String INSTANCES = "instances";
    private static final long POLL_NANOS = 500_000_000;

    private final RateLimitStore store;
    private final @Nullable RateLimitStore opened;
    private final @Nullable GuardedStore guard;
    private final @Nullable LocalShare local;
    private final @Nullable SharedMaps maps;
    private @Nullable Pulse pulse; // where no guard has one; written before it is shared

    private StoreAccess(
            RateLimitStore store,
            @Nullable RateLimitStore opened,
            @Nullable GuardedStore guard,
            @Nullable LocalShare local,
            @Nullable SharedMaps maps) {
        this.store = store;
        this.opened = opened;
        this.guard = guard;
        this.local = local;
        this.maps = maps;
    }

    /**
     * Opens what the configuration names, unless the application has given a store of its own.
     *
     * @param given the application's store, which it closes itself, or null
     * @param states told when a shared store goes and when it is back
     * @throws IllegalArgumentException if a store is not on the class path or cannot work as configured
     */
    static StoreAccess open(
            Configuration configuration, @Nullable RateLimitStore given, TimeSource time, StoreStates states) {
        RateLimitStore store = given == null ? Stores.open(configuration.store(), time) : given;
        RateLimitStore opened = given == null ? store : null;
        if (!(store instanceof SharedRateLimitStore shared)) {
            return new StoreAccess(store, opened, null, null, null);
        }
        try {
            RateLimitStore memory = openMemory(configuration, time);
            int instances = Integer.parseInt(configuration.store().options().getOrDefault(INSTANCES, "0"));
            GuardedStore guard = new GuardedStore(shared, time, instances, states);
            states.watch(guard);
            LocalShare local = memory == null ? null : new LocalShare(memory, guard::instances);
            return new StoreAccess(guard, opened, guard, local, shared instanceof SharedMaps maps ? maps : null);
        } catch (Throwable e) {
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
    }

    /** The memory in which rules go on that are {@code local}, or null if none is. */
    private static @Nullable RateLimitStore openMemory(Configuration configuration, TimeSource time) {
        List<Rule> rules = ChargePlanner.withCatchAll(configuration);
        for (Rule rule : rules) {
            if (rule.mode() != Mode.OFF && rule.onFailure() == FailurePolicy.LOCAL) {
                try {
                    return Stores.open(
                            StoreSettings.memory(configuration.store().maxKeys()), time);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "rule \"" + rule.name() + "\" is on-failure: local, to go on in memory, but "
                                    + e.getMessage(),
                            e);
                }
            }
        }
        return null;
    }

    /** Makes sure that the store can hold a limit. */
    void check(Limit limit) {
        store.check(limit);
    }

    /** Makes sure that the store can decide such items in one charge. */
    void checkTogether(List<ItemKind> kinds) {
        store.checkTogether(kinds);
    }

    StoreGate gate(Configuration configuration, Complaints complaints) {
        return new StoreGate(store, local, configuration.store().deadline(), complaints);
    }

    /** {@return what instances share beside their limits, or null if they share nothing} */
    @Nullable SharedMaps maps() {
        return maps;
    }

    /** {@return how many parts of refused charges could not be given back} */
    long lostRefunds() {
        return guard == null ? 0 : guard.lostRefunds();
    }

    /**
     * The chore of looking for what other instances have set, twice a second so that it counts within one. A store that does
     * not answer is left alone, so that the heartbeat which finds it back is not held up.
     */
    LongSupplier polling(Runnable poll) {
        return () -> {
            if (guard != null && guard.answers()) {
                poll.run();
            }
            return POLL_NANOS;
        };
    }

    /**
     * Begins to look after a shared store, and to do chores. To be called once, when nothing can fail any more.
     *
     * @param chores each answers how many nanoseconds there are until the next time, at least 1
     */
    void start(List<LongSupplier> chores) {
        if (guard != null) {
            chores.forEach(guard::beside);
            guard.start();
        } else if (!chores.isEmpty()) {
            Pulse own = new Pulse(() -> Long.MAX_VALUE);
            chores.forEach(own::also);
            own.start();
            pulse = own;
        }
    }

    /** Whatever one of them throws, the others are closed. */
    @Override
    public void close() {
        try {
            if (guard != null) {
                guard.close();
            }
            if (pulse != null) {
                pulse.close();
            }
        } finally {
            try {
                if (opened != null) {
                    opened.close();
                }
            } finally {
                if (local != null) {
                    local.close();
                }
            }
        }
    }
}
