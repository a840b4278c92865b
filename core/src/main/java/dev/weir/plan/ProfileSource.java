// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import java.util.Optional;

/**
 * The application's own profiles, from its database for instance. What it answers goes before the configuration file.
 *
 * <p>Called off the request's thread, so it may block: a request whose profile is not loaded yet is answered from the
 * file, or from the default tier, and does not wait. What was loaded is remembered for a minute, for up to 10,000 names,
 * unless the limiter is told otherwise; at most 1,000 loads wait. If it throws, answers null or names a tier that does not exist, the last good profile stays in
 * force, else the file's or the default.
 *
 * <p>Its profiles count as newer than those of the file. When a profile changes later, its version must grow, so that instances
 * which have seen the new one and instances which have not yet agree; what one instance sees change counts on that instance in
 * any case. A profile that is taken back (empty, where there was one) gives way at once on the instances that have seen it; one
 * that has not, because it was started later, leaves the old numbers in buckets that are in use until they are whole. Rather
 * answer a profile of the default tier with a higher version.
 *
 * <p>Must be thread-safe.
 *
 * @since 0.1
 */
public interface ProfileSource {

    /**
     * Finds the profile of a tenant.
     *
     * @param tenant the tenant
     * @return its profile, empty if there is none of its own
     */
    default Optional<Profile> ofTenant(String tenant) {
        return Optional.empty();
    }

    /**
     * Finds the profile of a user.
     *
     * @param tenant the tenant inside which the user calls, empty if there is none
     * @param user the user
     * @return the profile, empty if there is none of its own
     */
    default Optional<Profile> ofUser(Optional<String> tenant, String user) {
        return Optional.empty();
    }
}
