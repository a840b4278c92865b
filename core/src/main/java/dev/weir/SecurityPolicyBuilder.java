// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static dev.weir.RateLimiterBuilder.once;
import static java.util.Objects.requireNonNull;

import dev.weir.anomaly.Anomaly;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.anomaly.AnomalyLogBuilder;
import dev.weir.config.Configuration;
import dev.weir.config.Configuration.AdmissionSettings;
import dev.weir.config.Configuration.OverloadSettings;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.ProfileSource;
import dev.weir.plan.Quota;
import dev.weir.store.RateLimitStore;
import dev.weir.time.TimeSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link SecurityPolicy} that belongs to no limiter goes by. Not thread-safe; build, then share the result.
 *
 * @since 0.1
 */
public final class SecurityPolicyBuilder {

    private static final OverloadSettings OVERLOAD = new OverloadSettings(80, 85, Duration.ofSeconds(5));
    private static final int PERCENT = 100;

    private final Configuration configuration;
    private @Nullable Quota startRate;
    private @Nullable Quota rapidRestart;
    private @Nullable Integer cpuThreshold;
    private @Nullable Integer memoryThreshold;
    private @Nullable Path anomalyFile;
    private final List<Consumer<Anomaly>> callbacks = new ArrayList<>();
    private @Nullable AnomalyLog anomalies;
    private @Nullable ResourceMonitor monitor;
    private @Nullable ProfileSource profileSource;
    private @Nullable RateLimitStore store;
    private @Nullable Executor executor;
    private @Nullable TimeSource time;

    SecurityPolicyBuilder(Configuration configuration) {
        this.configuration = requireNonNull(configuration, "configuration");
    }

    /**
     * Sets how often a caller may start anything.
     *
     * @param quota the rate; 60 a minute, 10 at once, unless set here or configured
     * @return this
     */
    public SecurityPolicyBuilder startRate(Quota quota) {
        this.startRate = once(this.startRate, quota, "startRate");
        return this;
    }

    /**
     * Sets how many starts within how long are recorded as rapid restarts.
     *
     * @param quota the number and the time; the fifth within a minute, unless set here or configured
     * @return this
     */
    public SecurityPolicyBuilder rapidRestart(Quota quota) {
        this.rapidRestart = once(this.rapidRestart, quota, "rapidRestart");
        return this;
    }

    /**
     * Sets the load of the processors above which the server is overloaded.
     *
     * @param percent 1 to 100; 80 unless set here or configured
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public SecurityPolicyBuilder cpuThreshold(int percent) {
        this.cpuThreshold = once(this.cpuThreshold, checked(percent), "cpuThreshold");
        return this;
    }

    /**
     * Sets the use of memory above which the server is overloaded.
     *
     * @param percent 1 to 100; 85 unless set here or configured
     * @return this
     * @throws IllegalArgumentException if it is out of range
     */
    public SecurityPolicyBuilder memoryThreshold(int percent) {
        this.memoryThreshold = once(this.memoryThreshold, checked(percent), "memoryThreshold");
        return this;
    }

    private static int checked(int percent) {
        if (percent < 1 || percent > PERCENT) {
            throw new IllegalArgumentException("a threshold must be 1 to 100 percent but was " + percent);
        }
        return percent;
    }

    /**
     * Goes by a monitor of the application's under overload, whose thresholds count.
     *
     * @param own the monitor
     * @return this
     */
    public SecurityPolicyBuilder monitor(ResourceMonitor own) {
        this.monitor = once(this.monitor, own, "monitor");
        return this;
    }

    /**
     * Writes anomalies into a file too. They are remembered without one.
     *
     * @param jsonLines the file, for this policy alone; its folder must exist
     * @return this
     */
    public SecurityPolicyBuilder anomalyFile(Path jsonLines) {
        this.anomalyFile = once(this.anomalyFile, jsonLines, "anomalyFile");
        return this;
    }

    /**
     * Calls back with anomalies, on a daemon thread of the log's own, see {@link AnomalyLogBuilder#onAnomaly}.
     *
     * @param alert told of events
     * @return this
     */
    public SecurityPolicyBuilder onAnomaly(Consumer<Anomaly> alert) {
        callbacks.add(requireNonNull(alert, "alert"));
        return this;
    }

    /**
     * Records anomalies in a log that the application has made, and will close. It has a file and callbacks of its own.
     *
     * @param own the log
     * @return this
     */
    public SecurityPolicyBuilder anomalies(AnomalyLog own) {
        this.anomalies = once(this.anomalies, own, "anomalies");
        return this;
    }

    /**
     * Supplies the profiles of tenants and users, before those of the configuration.
     *
     * @param own the source
     * @return this
     */
    public SecurityPolicyBuilder profileSource(ProfileSource own) {
        this.profileSource = once(this.profileSource, own, "profileSource");
        return this;
    }

    /**
     * Counts in a store that the application has opened, and will close, instead of the configured one.
     *
     * @param open the store
     * @return this
     */
    public SecurityPolicyBuilder store(RateLimitStore open) {
        this.store = once(this.store, open, "store");
        return this;
    }

    /**
     * Loads profiles and runs the asynchronous calls on the application's own executor, instead of on a daemon thread.
     *
     * @param own the executor, which runs or rejects what it is given, and which the application ends
     * @return this
     */
    public SecurityPolicyBuilder executor(Executor own) {
        this.executor = once(this.executor, own, "executor");
        return this;
    }

    /**
     * Reads time from these clocks, in tests for instance.
     *
     * @param clocks the clocks
     * @return this
     */
    public SecurityPolicyBuilder time(TimeSource clocks) {
        this.time = once(this.time, clocks, "time");
        return this;
    }

    private static <T> T or(@Nullable T own, T otherwise) {
        return own == null ? otherwise : own;
    }

    /**
     * Makes the policy, and opens its store unless one was given.
     *
     * @return the policy, which the application closes
     * @throws IllegalArgumentException if the configuration names a store that is not on the class path, or that cannot work
     *     as configured, or if the file of anomalies can never be written
     * @throws IllegalStateException if a log was given, and a file or a callback for another
     */
    public SecurityPolicy build() {
        AnomalyLog own = openLog();
        try {
            RateLimiter limiter = limiter(own);
            return policy(limiter).closing(() -> {
                limiter.close();
                if (own != null) {
                    own.close();
                }
            });
        } catch (Throwable e) {
            if (own != null) {
                own.close(); // nobody else will have it
            }
            throw e;
        }
    }

    private static SecurityPolicy policy(RateLimiter limiter) {
        try {
            return limiter.securityPolicy();
        } catch (IllegalStateException e) {
            limiter.close(); // nobody else will have it
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** The log that this policy has for itself, or null if it has that of the application or of the configuration. */
    private @Nullable AnomalyLog openLog() {
        boolean asked = anomalyFile != null || !callbacks.isEmpty();
        if (anomalies != null && asked) {
            throw new IllegalStateException(
                    "anomalies was set, so anomalyFile and onAnomaly belong to that log's builder");
        }
        if (!asked) {
            return null;
        }
        AnomalyLogBuilder log =
                AnomalyLog.builder().remember(configuration.anomalies().remember());
        if (anomalyFile != null) {
            log.file(anomalyFile);
        }
        callbacks.forEach(log::onAnomaly);
        return (time == null ? log : log.time(time)).build();
    }

    private RateLimiter limiter(@Nullable AnomalyLog own) {
        RateLimiterBuilder builder = RateLimiter.builder(settings());
        if (own != null) {
            builder.anomalyLog(own);
        }
        if (monitor != null) {
            builder.resourceMonitor(monitor);
        }
        if (anomalies != null) {
            builder.anomalyLog(anomalies);
        }
        if (profileSource != null) {
            builder.profileSource(profileSource);
        }
        if (store != null) {
            builder.store(store);
        }
        if (executor != null) {
            builder.executor(executor);
        }
        if (time != null) {
            builder.time(time);
        }
        return builder.build();
    }

    private Configuration settings() {
        AdmissionSettings admission = new AdmissionSettings(
                or(startRate, configuration.admission().startRate()),
                or(rapidRestart, configuration.admission().rapidRestart()));
        Optional<OverloadSettings> overload = configuration.overload();
        if (cpuThreshold != null || memoryThreshold != null) {
            OverloadSettings before = overload.orElse(OVERLOAD);
            overload = Optional.of(new OverloadSettings(
                    or(cpuThreshold, before.cpuPercent()),
                    or(memoryThreshold, before.memoryPercent()),
                    before.interval()));
        }
        return configuration.withAdmission(admission).withOverload(overload);
    }
}
