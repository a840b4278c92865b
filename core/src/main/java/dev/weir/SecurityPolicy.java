// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static java.util.Objects.requireNonNull;

import dev.weir.admission.Ask;
import dev.weir.admission.StartAnswer;
import dev.weir.admission.StartRefused;
import dev.weir.admission.StartedService;
import dev.weir.admission.UserProfile;
import dev.weir.anomaly.AnomalyLog;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.load.LoadReading;
import dev.weir.load.ResourceMonitor;
import dev.weir.plan.Plans;
import dev.weir.plan.Profile;
import dev.weir.plan.Tier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits what a caller may start and hold: services, jobs, sandboxes.
 *
 * <pre>{@code
 * SecurityPolicy policy = limiter.securityPolicy();
 * try (StartedService service = policy.start("user123", "my-api", Ask.nothing().withPort(8080).withMemoryMb(256))) {
 *     run(service);
 * } catch (StartRefused refused) {
 *     tell(refused.answer().reason()); // Concurrent service limit reached (2/2)
 * }
 * }</pre>
 *
 * <p>{@link #check} only looks; {@link #tryStart} decides and takes at once and answers; {@link #start} does the same and
 * hands out what ends the service, or throws; {@link #end} ends it by name, on whatever instance. What is checked, in which
 * order, stands at {@link dev.weir.admission.StartCheck}. A refused start takes nothing.
 *
 * <p>A user is named by text: {@code user123}, or {@code tenant/user} for one of a tenant; by an {@link Identity} where names
 * may hold a slash. A service is named by an id, which is the user's own. To start one that runs counts as a start, but it runs
 * only once.
 *
 * <p>A policy counts in the store of its limiter. In a shared one its numbers hold across all instances, services of an
 * instance that dies are free half a minute later, and while it does not answer {@code on-failure} decides. Thread-safe.
 *
 * @since 0.1
 */
public final class SecurityPolicy implements AutoCloseable {

    private static final Object STANDARD_LOCK = new Object();
    private static @Nullable SecurityPolicy standard; // guarded by STANDARD_LOCK

    /** What a policy is made of. */
    record Parts(
            Admission admission,
            Plans plans,
            ProfileStore profiles,
            AnomalyLog anomalies,
            @Nullable ResourceMonitor monitor,
            Executor executor) {}

    private final Parts parts;
    private final Runnable closer;

    SecurityPolicy(Parts parts, Runnable closer) {
        this.parts = parts;
        this.closer = closer;
    }

    /** The same policy as one that ends what it was made with. */
    SecurityPolicy closing(Runnable end) {
        return new SecurityPolicy(parts, end);
    }

    /**
     * Makes a policy from a file, with a store of its own. An application that has a {@link RateLimiter} asks that for its
     * policy instead.
     *
     * @param file the configuration, see {@code docs/configuration.md}
     * @return the policy, which the application closes
     * @throws IllegalArgumentException if the file says something wrong, with file, line and remedy
     */
    public static SecurityPolicy from(Path file) {
        return builder(Configuration.read(file)).build();
    }

    /** {@return a builder; built at once, its policy counts in memory by the built-in tiers, and everybody has {@code free}} */
    public static SecurityPolicyBuilder builder() {
        return new SecurityPolicyBuilder(Configuration.parse("the defaults of SecurityPolicy", "overload: {}"));
    }

    /**
     * Begins a policy by a configuration.
     *
     * @param configuration the configuration
     * @return a builder
     */
    public static SecurityPolicyBuilder builder(Configuration configuration) {
        return new SecurityPolicyBuilder(configuration);
    }

    /** {@return the policy of this process: the one that {@link #replaceStandard} has set, else one of the defaults} */
    public static SecurityPolicy standard() {
        synchronized (STANDARD_LOCK) {
            if (standard == null) {
                standard = builder().build();
            }
            return standard;
        }
    }

    /**
     * Sets the policy of this process.
     *
     * @param policy the policy
     * @return the one before it, which is not closed, empty if there was none yet
     */
    public static Optional<SecurityPolicy> replaceStandard(SecurityPolicy policy) {
        requireNonNull(policy, "policy");
        synchronized (STANDARD_LOCK) {
            SecurityPolicy before = standard;
            standard = policy;
            return Optional.ofNullable(before);
        }
    }

    /**
     * Tells whether a service might start now, and takes and records nothing.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return the answer
     * @throws IllegalArgumentException if a name is blank
     */
    public StartAnswer check(String user, String service, Ask ask) {
        return check(named(user), service, ask);
    }

    /**
     * Tells whether a service might start now, and takes and records nothing.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return the answer
     * @throws IllegalArgumentException if nobody is named, or the id is blank
     */
    public StartAnswer check(Identity who, String service, Ask ask) {
        return parts.admission.check(who, id(service), requireNonNull(ask, "ask"));
    }

    /**
     * Starts a service, or says why not. It runs until {@link #end}.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return the answer
     * @throws IllegalArgumentException if a name is blank
     */
    public StartAnswer tryStart(String user, String service, Ask ask) {
        return tryStart(named(user), service, ask);
    }

    /**
     * Starts a service, or says why not. It runs until {@link #end}.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return the answer
     * @throws IllegalArgumentException if nobody is named, or the id is blank
     */
    public StartAnswer tryStart(Identity who, String service, Ask ask) {
        return begin(who, service, ask).answer();
    }

    /**
     * Starts a service. It runs until the handle is closed, or {@link #end}.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return the handle, which says how long to wait before the service begins
     * @throws StartRefused if it may not start
     * @throws IllegalArgumentException if a name is blank
     */
    public StartedService start(String user, String service, Ask ask) {
        return start(named(user), service, ask);
    }

    /**
     * Starts a service. It runs until the handle is closed, or {@link #end}.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return the handle, which says how long to wait before the service begins
     * @throws StartRefused if it may not start
     * @throws IllegalArgumentException if nobody is named, or the id is blank
     */
    public StartedService start(Identity who, String service, Ask ask) {
        StartedService started = begin(who, service, ask);
        if (!started.answer().isAllowed()) {
            throw new StartRefused(started.answer());
        }
        return started;
    }

    private StartedService begin(Identity who, String service, Ask ask) {
        return parts.admission.start(who, id(service), requireNonNull(ask, "ask"));
    }

    /**
     * Does as {@link #check(Identity, String, Ask)} on the limiter's executor.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return completes with the answer, or with what the executor throws where it takes no work
     */
    public CompletionStage<StartAnswer> checkAsync(Identity who, String service, Ask ask) {
        return later(() -> check(who, service, ask));
    }

    /**
     * Does as {@link #tryStart(Identity, String, Ask)} on the limiter's executor.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return completes with the answer, or with what the executor throws where it takes no work
     */
    public CompletionStage<StartAnswer> tryStartAsync(Identity who, String service, Ask ask) {
        return later(() -> tryStart(who, service, ask));
    }

    /**
     * Does as {@link #start(Identity, String, Ask)} on the limiter's executor.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @param ask what it asks for
     * @return completes with the handle, or with {@link StartRefused}, or with what the executor throws
     */
    public CompletionStage<StartedService> startAsync(Identity who, String service, Ask ask) {
        return later(() -> start(who, service, ask));
    }

    private <T> CompletionStage<T> later(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, parts.executor);
        } catch (RuntimeException e) { // the application's executor, or ours at its end
            return CompletableFuture.failedFuture(e);
        }
    }

    /**
     * Ends a service, on whatever instance it was started. Does nothing if it does not run.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param service the id of the service, not blank
     * @throws IllegalArgumentException if a name is blank
     */
    public void end(String user, String service) {
        end(named(user), service);
    }

    /**
     * Ends a service, on whatever instance it was started. Does nothing if it does not run.
     *
     * @param who the caller
     * @param service the id of the service, not blank
     * @throws IllegalArgumentException if nobody is named, or the id is blank
     */
    public void end(Identity who, String service) {
        parts.admission.end(who, id(service));
    }

    /**
     * Counts the services that run now.
     *
     * @param user {@code user} or {@code tenant/user}
     * @return how many, on all instances that share the store
     * @throws IllegalArgumentException if the name is blank
     */
    public long services(String user) {
        return parts.admission.services(named(user));
    }

    /**
     * Counts the starts of the last hour.
     *
     * @param user {@code user} or {@code tenant/user}
     * @return how many, on all instances that share the store, at most 10,000
     * @throws IllegalArgumentException if the name is blank
     */
    public long startedInTheLastHour(String user) {
        return parts.admission.startedInTheLastHour(named(user));
    }

    /**
     * Finds the numbers that count for a user.
     *
     * @param user {@code user} or {@code tenant/user}
     * @return his profile, be it set, supplied, listed, his tenant's or the default one
     * @throws IllegalArgumentException if the name is blank
     */
    public UserProfile profile(String user) {
        return parts.admission.profile(named(user));
    }

    /**
     * Makes a profile of a tier as this policy knows it, to be given numbers of its own.
     *
     * @param name the name of a built-in or a configured tier, in lower or upper case
     * @return the profile
     * @throws IllegalArgumentException if there is no such tier
     */
    public UserProfile profileOfTier(String name) {
        Tier exact = parts.plans.tiers().get(name);
        String lower = name.toLowerCase(Locale.ROOT);
        return UserProfile.of(exact != null ? exact : parts.plans.tier(Profile.ofTier(lower)));
    }

    /**
     * Sets the numbers of a user, on all instances that share the store.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param profile the numbers
     * @throws IllegalArgumentException if the name is blank, or the profile cannot count, see {@link ProfileStore#put}
     */
    public void setProfile(String user, UserProfile profile) {
        parts.profiles.put(named(user), profile.profile());
    }

    /**
     * Blocks a user until the block is lifted. What he runs is left alone.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param reason why
     * @throws IllegalArgumentException if the name or the reason is blank, or the reason is too long
     */
    public void block(String user, String reason) {
        parts.profiles.block(named(user), reason);
    }

    /**
     * Blocks a user for some time. What he runs is left alone.
     *
     * @param user {@code user} or {@code tenant/user}
     * @param reason why
     * @param forHowLong until when, from now on
     * @throws IllegalArgumentException if the name or the reason is blank, the reason is too long, or the time is out of range
     */
    public void block(String user, String reason, Duration forHowLong) {
        parts.profiles.block(named(user), reason, forHowLong);
    }

    /**
     * Lifts a block.
     *
     * @param user {@code user} or {@code tenant/user}
     * @return whether there was one that had been set at run time
     * @throws IllegalArgumentException if the name is blank
     */
    public boolean unblock(String user) {
        return parts.profiles.unblock(named(user));
    }

    /** {@return the profiles and blocks that are set at run time, for tenants too} */
    public ProfileStore profiles() {
        return parts.profiles;
    }

    /** {@return where anomalies are recorded: those that it finds, and the application's own} */
    public AnomalyLog anomalies() {
        return parts.anomalies;
    }

    /** {@return what it goes by under overload, empty if it goes by nothing} */
    public Optional<ResourceMonitor> monitor() {
        return Optional.ofNullable(parts.monitor);
    }

    /** {@return whether the server is overloaded: never, if nothing tells} */
    public boolean isOverloaded() {
        return monitor()
                .map(ResourceMonitor::reading)
                .map(LoadReading::isOverloaded)
                .orElse(false);
    }

    private static String id(String service) {
        if (service.isBlank()) {
            throw new IllegalArgumentException("service must not be blank");
        }
        return service;
    }

    static Identity named(String user) {
        int slash = user.indexOf('/');
        String tenant = slash < 0 ? null : user.substring(0, slash);
        String name = user.substring(slash + 1);
        if (name.isBlank() || (tenant != null && tenant.isBlank())) {
            throw new IllegalArgumentException(
                    "user must be a name, or tenant/user; use an Identity for names that hold a slash");
        }
        return Identity.of(tenant, name);
    }

    /** Ends what it was made with; a policy of a limiter ends with that, and closing it does nothing. */
    @Override
    public void close() {
        closer.run();
    }
}
