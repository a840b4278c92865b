// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.config.Configuration;
import dev.weir.identity.RateLimitKeyResolver;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.ProfileSource;
import dev.weir.store.RateLimitStore;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an application adds to its configuration. Not thread-safe; build, then share the result.
 *
 * @since 0.1
 */
public final class RateLimiterBuilder {

    private static final int MOST_NAMES = 10_000_000;

    /** A listener that waits behind a queue of this length. */
    record Queued(RateLimitListener listener, int capacity) {}

    final Configuration configuration;
    final List<RateLimitListener> listeners = new ArrayList<>();
    final List<Queued> queuedListeners = new ArrayList<>();
    final List<Consumer<Anomaly>> anomalyCallbacks = new ArrayList<>();

    @Nullable RateLimitKeyResolver resolver;

    ProfileCache.@Nullable Bounds profileSource;

    @Nullable RequestCost requestCost;

    @Nullable RefusalHandler refusalHandler;

    @Nullable RateLimitStore store;

    @Nullable AnomalyLog anomalyLog;

    @Nullable ResourceMonitor resourceMonitor;

    @Nullable Executor executor;

    @Nullable TimeSource time;

    RateLimiterBuilder(Configuration configuration) {
        this.configuration = requireNonNull(configuration, "configuration");
    }

    /**
     * Finds tenant and user in the application's own way, instead of that of the configuration.
     *
     * @param own the resolver
     * @return this
     */
    public RateLimiterBuilder resolver(RateLimitKeyResolver own) {
        this.resolver = once(this.resolver, own, "resolver");
        return this;
    }

    /**
     * Supplies the profiles of tenants and users, before those of the configuration.
     *
     * @param own the source
     * @return this
     */
    public RateLimiterBuilder profileSource(ProfileSource own) {
        return profileSource(own, ProfileCache.DEFAULT_ENTRIES, ProfileCache.DEFAULT_LIFE);
    }

    /**
     * Supplies the profiles of tenants and users, before those of the configuration.
     *
     * @param own the source
     * @param mostNames how many names are remembered, 1 to 10,000,000; 10,000 unless set
     * @param life how long an answer counts before the source is asked again, 1 ms to 31 days; a minute unless set
     * @return this
     * @throws IllegalArgumentException if a bound is out of range
     */
    public RateLimiterBuilder profileSource(ProfileSource own, int mostNames, Duration life) {
        requireNonNull(own, "profileSource");
        if (mostNames < 1 || mostNames > MOST_NAMES) {
            throw new IllegalArgumentException("mostNames must be 1 to " + MOST_NAMES + " but was " + mostNames);
        }
        if (life.compareTo(Duration.ofMillis(1)) < 0 || life.compareTo(Duration.ofDays(31)) > 0) {
            throw new IllegalArgumentException("life must be 1 ms to 31 days but was " + life);
        }
        this.profileSource = once(this.profileSource, new ProfileCache.Bounds(own, mostNames, life), "profileSource");
        return this;
    }

    /**
     * Says what requests cost.
     *
     * @param own the cost
     * @return this
     */
    public RateLimiterBuilder requestCost(RequestCost own) {
        this.requestCost = once(this.requestCost, own, "requestCost");
        return this;
    }

    /**
     * Writes the answers to refused requests.
     *
     * @param own the handler
     * @return this
     */
    public RateLimiterBuilder refusalHandler(RefusalHandler own) {
        this.refusalHandler = once(this.refusalHandler, own, "refusalHandler");
        return this;
    }

    /**
     * Adds a listener that does not block.
     *
     * @param listener told of every decision on the request's thread
     * @return this
     */
    public RateLimiterBuilder listener(RateLimitListener listener) {
        listeners.add(requireNonNull(listener, "listener"));
        return this;
    }

    /**
     * Adds a listener that may block. It is told of decisions off the request's thread; when more than {@code capacity}
     * wait, further ones are left out and their number is logged.
     *
     * @param listener told of every decision that fits into the queue, in order
     * @param capacity the length of the queue, 1 to 1,000,000
     * @return this
     * @throws IllegalArgumentException if the capacity is out of range
     */
    public RateLimiterBuilder queuedListener(RateLimitListener listener, int capacity) {
        if (capacity < 1 || capacity > 1_000_000) {
            throw new IllegalArgumentException("capacity must be 1 to 1000000 but was " + capacity);
        }
        queuedListeners.add(new Queued(requireNonNull(listener, "listener"), capacity));
        return this;
    }

    /**
     * Uses a store that the application has opened, and will close, instead of the configured one.
     *
     * @param open the store
     * @return this
     */
    public RateLimiterBuilder store(RateLimitStore open) {
        this.store = once(this.store, open, "store");
        return this;
    }

    /**
     * Records in an anomaly log that the application has opened, and will close, instead of the configured one.
     *
     * @param open the log
     * @return this
     */
    public RateLimiterBuilder anomalyLog(AnomalyLog open) {
        this.anomalyLog = once(this.anomalyLog, open, "anomalyLog");
        return this;
    }

    /**
     * Calls back with anomalies, a sample of them as in the file: see {@link dev.weir.anomaly.AnomalyLogBuilder#onAnomaly}.
     *
     * @param alert told of events off the request's thread; it may block, and whatever it throws is caught
     * @return this
     */
    public RateLimiterBuilder onAnomaly(Consumer<Anomaly> alert) {
        anomalyCallbacks.add(requireNonNull(alert, "alert"));
        return this;
    }

    /**
     * Judges overload by a monitor of the application's own, with its own thresholds, instead of the configured one. It is read
     * when requests ask it, unless the application polls it. Requests are shed only if the configuration has the section
     * {@code overload}.
     *
     * @param own the monitor
     * @return this
     */
    public RateLimiterBuilder resourceMonitor(ResourceMonitor own) {
        this.resourceMonitor = once(this.resourceMonitor, own, "resourceMonitor");
        return this;
    }

    /**
     * Runs slow code of the application ({@link ProfileSource}, queued listeners), and writes files, on its own executor, instead of on a
     * daemon thread of the limiter.
     *
     * @param own the executor, which runs or rejects what it is given, and which the application ends
     * @return this
     */
    public RateLimiterBuilder executor(Executor own) {
        this.executor = once(this.executor, own, "executor");
        return this;
    }

    /**
     * Reads time from these clocks, in tests for instance.
     *
     * @param clocks the clocks
     * @return this
     */
    public RateLimiterBuilder time(TimeSource clocks) {
        this.time = once(this.time, clocks, "time");
        return this;
    }

    static <T> T once(@Nullable T before, T now, String name) {
        requireNonNull(now, name);
        if (before != null) {
            throw new IllegalStateException(name + " was already set");
        }
        return now;
    }

    /**
     * Makes the limiter, and opens the store unless one was given.
     *
     * @return the limiter, which the application closes
     * @throws IllegalArgumentException if the configuration names a store that is not on the class path, or that cannot
     *     work as configured, or an anomaly file that can never be written
     */
    public RateLimiter build() {
        return new RateLimiter(this);
    }
}
