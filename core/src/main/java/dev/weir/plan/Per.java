// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

/**
 * For whom a rule counts. Immutable.
 *
 * @since 0.1
 */
public enum Per {
    /** For the first known part of the identity, in the configured order. */
    IDENTITY,
    /** For the tenant, all its users together. */
    TENANT,
    /** For the user, across all tenants unless the rule is within one. */
    USER,
    /** For the address. */
    IP,
    /** For all callers together. */
    EVERYONE;

    /** {@return the word in the configuration} */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
