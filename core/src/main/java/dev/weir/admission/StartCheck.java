// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

/**
 * What is checked before a service is started, in this order: the first that fails names the reason.
 *
 * @since 0.1
 */
public enum StartCheck {
    /** Whether the caller or his tenant is blocked. */
    BLOCK,
    /** How often he starts anything. */
    START_RATE,
    /** How many of his services run at once. */
    SERVICES_AT_ONCE,
    /** How many he has started in the hour. */
    HOURLY_STARTS,
    /** Whether he may use the port. */
    PORT,
    /** Whether one start may have so much memory. */
    MEMORY,
    /** Whether one start may have so much processor time. */
    CPU,
    /** Whether the server has room. */
    OVERLOAD,
    /** Whether the shared store answers, where nothing may be started without it ({@code on-failure: closed}). */
    STORE
}
