// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.load.LoadReading;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import dev.weir.time.TimeSource;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Says which requests are shed while the server is overloaded: a share of all that come, as large as the load's excess, the
 * lowest priorities first.
 *
 * <p>Design: how many come of each priority is counted while it lasts, over the last one to two seconds. With a share of 0.3
 * and half of the requests of priority 0, six of ten of those are shed and no others; with a share of 0.7 all of those and
 * four of ten of the next. A request is judged by those before it, or a priority on the border would be shed by whoever comes
 * a moment sooner. Of a priority that is shed in part, every so many-th request is, not a random one. At least 5 %
 * and at most 90 % are shed: a server that sheds all has no load to tell it by.
 *
 * <p>Thread-safe.
 */
final class LoadShedder {

    private static final double LEAST = 0.05;
    private static final double MOST = 0.9;
    private static final double WHOLE = 1 - 1e-9; // ten times 0.1 is less than 1
    private static final long WINDOW_NANOS = 1_000_000_000;

    /** What came of one priority. */
    private static final class Level {
        private long before;
        private long now;
        private double due; // how much of a request is to be shed yet

        long offered() {
            return before + now;
        }
    }

    private final ResourceMonitor monitor;
    private final boolean sheds;
    private final boolean ownsMonitor;
    private final Plans plans;
    private final TimeSource time;
    private final LongAdder shed = new LongAdder();
    private final NavigableMap<Integer, Level> levels = new TreeMap<>(); // guarded by this
    private long begunNanos; // guarded by this

    private LoadShedder(RateLimiterBuilder builder, TimeSource time) {
        this.ownsMonitor = builder.resourceMonitor == null;
        this.monitor = builder.resourceMonitor == null ? monitor(builder, time) : builder.resourceMonitor;
        this.sheds = builder.configuration.overload().isPresent();
        this.plans = builder.configuration.plans();
        this.time = time;
        this.begunNanos = time.nanoTime();
    }

    /** One with the application's monitor or one of its own, which sheds nothing unless that is configured. */
    static LoadShedder of(RateLimiterBuilder builder, TimeSource time) {
        return new LoadShedder(builder, time);
    }

    private static ResourceMonitor monitor(RateLimiterBuilder builder, TimeSource time) {
        ResourceMonitor.Builder monitor = ResourceMonitor.builder().time(time);
        builder.configuration
                .overload()
                .ifPresent(settings -> monitor.cpuPercent(settings.cpuPercent())
                        .memoryPercent(settings.memoryPercent())
                        .interval(settings.interval()));
        return monitor.build();
    }

    ResourceMonitor monitor() {
        return monitor;
    }

    /** What is to be done now and then; nothing where the monitor reads when it is asked. */
    Optional<LongSupplier> chore() {
        return sheds && ownsMonitor ? Optional.of(monitor::poll) : Optional.empty();
    }

    /** Whether some requests are to be shed now. */
    boolean isOverloaded() {
        return sheds && monitor.isOverloaded();
    }

    /** How many requests were shed. */
    long shed() {
        return shed.sum();
    }

    /** Answers after how many seconds a shed request may come back, or 0 if it passes. To be asked under overload only. */
    int secondsIfShed(Profile profile) {
        LoadReading reading = monitor.reading();
        int priority = plans.tier(profile).priority();
        if (!reading.isOverloaded() || !takes(priority, Math.min(MOST, Math.max(LEAST, reading.excess())))) {
            return 0;
        }
        shed.increment();
        return retrySeconds(reading);
    }

    /** Who is shed together is spread, so as not to come back together. */
    private static int retrySeconds(LoadReading reading) {
        int delay = (int) Decision.ceilSeconds(reading.throttleDelay().toNanos());
        return delay + ThreadLocalRandom.current().nextInt(delay + 1);
    }

    private synchronized boolean takes(int priority, double share) {
        beginWindowIfOver();
        Level own = levels.computeIfAbsent(priority, unused -> new Level());
        long below = 0;
        long all = 0;
        for (Map.Entry<Integer, Level> level : levels.entrySet()) {
            below += level.getKey() < priority ? level.getValue().offered() : 0;
            all += level.getValue().offered();
        }
        double ofOwn = all == 0 ? share : (share * all - below) / Math.max(1, own.offered());
        own.due += Math.max(0, Math.min(1, ofOwn));
        own.now++;
        if (own.due < WHOLE) {
            return false;
        }
        own.due--;
        return true;
    }

    private void beginWindowIfOver() {
        long now = time.nanoTime();
        long since = now - begunNanos;
        if (since >= WINDOW_NANOS) {
            boolean follows = since < 2 * WINDOW_NANOS;
            for (Level level : levels.values()) {
                level.before = follows ? level.now : 0;
                level.now = 0;
            }
            begunNanos = now;
        }
    }
}
