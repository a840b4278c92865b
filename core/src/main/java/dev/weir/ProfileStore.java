// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.Complaints.Matter;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.plan.Profile;
import dev.weir.store.SharedMaps;
import dev.weir.store.VersionedMap;
import dev.weir.time.TimeSource;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Profiles and blocks that were set at run time. They go before those of a {@code ProfileSource} and of the file.
 *
 * <pre>{@code
 * ProfileStore profiles = limiter.profiles();
 * profiles.put(Identity.of("acme", null), Profile.ofTier("pro").withRate("requests", Quota.perMinute(100)));
 * profiles.block(Identity.of(null, "mallory"), "Repeated abuse", Duration.ofHours(1));
 * }</pre>
 *
 * <p>A tenant is named by {@code Identity.of(tenant, null)}, a user in whatever tenant by {@code Identity.of(null, user)}, a
 * user of one tenant by both. What is set counts here at once. Where the store is shared, it counts on all instances within a
 * second and outlives them; while the store does not answer, it counts here and is sent when the store is back. In memory it
 * ends with the limiter. There are at most 10,000 profiles and 10,000 blocks.
 *
 * <p>A new profile counts for what was consumed already: the numbers change, what was taken stays taken. The version of a
 * profile is not looked at: each change has one of its own.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public final class ProfileStore {

    private static final int MAX_REASON = 1_000;
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private final RunTimeMap<RatedProfile> profiles;
    private final RunTimeMap<String> blocks;
    private final LimitCompiler compiler;
    private final Complaints complaints;

    /**
     * Makes a store.
     *
     * @param shared where it is kept for all instances, or null to keep it in memory
     */
    ProfileStore(@Nullable SharedMaps shared, LimitCompiler compiler, TimeSource time, Complaints complaints) {
        this.compiler = compiler;
        this.complaints = complaints;
        this.profiles = new RunTimeMap<>(
                map(shared, "profiles", time),
                rated -> ProfileText.write(rated.profile()),
                text -> compiler.compile(ProfileText.read(text)),
                time,
                complaints);
        this.blocks = new RunTimeMap<>(
                map(shared, "blocks", time), Function.identity(), Function.identity(), time, complaints);
    }

    private static VersionedMap map(@Nullable SharedMaps shared, String name, TimeSource time) {
        return shared == null ? new LocalMap(time) : shared.map(name);
    }

    /**
     * Sets the profile of a tenant or user, in place of one that was set before.
     *
     * @param who the tenant or the user
     * @param profile the profile; its version is not looked at
     * @throws IllegalArgumentException if nobody is named, if its tier does not exist or lacks a number that a rule names, or
     *     if the store cannot hold one of its limits
     * @throws IllegalStateException if 10,000 profiles are set
     */
    public void put(Identity who, Profile profile) {
        set(profiles, who, compiler.compile(profile.withVersion(0)), null);
    }

    /**
     * Takes back what {@link #put} has set, so that the profile of the source or of the file counts again.
     *
     * @param who the tenant or the user
     * @throws IllegalArgumentException if nobody is named
     */
    public void remove(Identity who) {
        if (profiles.find(within(who), per(who)) != null) {
            set(profiles, who, null, null);
        }
    }

    /**
     * Finds what {@link #put} has set.
     *
     * @param who the tenant or the user
     * @return the profile, empty if none was set for exactly him
     * @throws IllegalArgumentException if nobody is named
     */
    public Optional<Profile> find(Identity who) {
        return Optional.ofNullable(profiles.find(within(who), per(who)))
                .map(entry -> entry.value().profile());
    }

    /**
     * Blocks a tenant or a user until the block is lifted. His requests are answered with 403, and he starts nothing. What
     * runs already is left alone.
     *
     * @param who the tenant or the user
     * @param reason why, for the operator, at most 1,000 characters
     * @throws IllegalArgumentException if nobody is named, or the reason is blank or too long
     * @throws IllegalStateException if 10,000 blocks are set
     */
    public void block(Identity who, String reason) {
        set(blocks, who, checked(reason), null);
    }

    /**
     * Blocks a tenant or a user for some time.
     *
     * @param who the tenant or the user
     * @param reason why, for the operator, at most 1,000 characters
     * @param forHowLong until when, from now on: more than nothing, at most 100 years
     * @throws IllegalArgumentException if nobody is named, the reason is blank or too long, or the time is out of range
     * @throws IllegalStateException if 10,000 blocks are set
     */
    public void block(Identity who, String reason, Duration forHowLong) {
        if (forHowLong.isNegative() || forHowLong.isZero() || forHowLong.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "forHowLong must be more than nothing and at most 100 years but was " + forHowLong);
        }
        set(blocks, who, checked(reason), forHowLong);
    }

    private static String checked(String reason) {
        if (reason.isBlank() || reason.length() > MAX_REASON) {
            throw new IllegalArgumentException(
                    "reason must have 1 to " + MAX_REASON + " characters but had " + reason.length());
        }
        return reason;
    }

    /**
     * Lifts a block that {@link #block} has set. One that stands in a profile stays: put another profile in its place.
     *
     * @param who the tenant or the user
     * @return whether there was one
     * @throws IllegalArgumentException if nobody is named
     */
    public boolean unblock(Identity who) {
        if (blocks.find(within(who), per(who)) == null) {
            return false;
        }
        set(blocks, who, null, null);
        return true;
    }

    /**
     * Tells why a caller is blocked by {@link #block}: his tenant, he in whatever tenant, or he in this one.
     *
     * @param who the caller
     * @return the reason, empty if no such block counts for him
     */
    public Optional<String> blockReason(Identity who) {
        return Optional.ofNullable(blockOf(who));
    }

    private <V> void set(RunTimeMap<V> map, Identity who, @Nullable V value, @Nullable Duration life) {
        if (!map.put(within(who), per(who), value, life)) {
            complaints.about(Matter.UNSHARED, null);
        }
    }

    private static @Nullable Key within(Identity who) {
        return who.userKey() == null ? null : who.tenantKey();
    }

    private static Key per(Identity who) {
        Key per = who.userKey() == null ? who.tenantKey() : who.userKey();
        if (per == null) {
            throw new IllegalArgumentException("who must name a tenant or a user; an address has no profile");
        }
        return per;
    }

    // For the limiter

    boolean isUntouched() {
        return profiles.isUntouched();
    }

    @Nullable String blockOf(Identity who) {
        if (blocks.isUntouched()) {
            return null;
        }
        Key tenant = who.tenantKey();
        Key user = who.userKey();
        RunTimeMap.Entry<String> block = tenant == null ? null : blocks.find(null, tenant);
        if (block == null && user != null) {
            block = blocks.find(null, user);
            if (block == null && tenant != null) {
                block = blocks.find(tenant, user);
            }
        }
        return block == null ? null : block.value();
    }

    RunTimeMap.@Nullable Entry<RatedProfile> profileOf(@Nullable Key within, Key per) {
        return profiles.find(within, per);
    }

    /** {@return the version that every profile has at least, because something newer was taken back} */
    long leastVersion() {
        return profiles.lastRemoval();
    }

    /** Takes over what other instances have set. */
    void poll() {
        profiles.poll();
        blocks.poll();
    }
}
