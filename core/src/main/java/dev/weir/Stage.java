// SPDX-License-Identifier: Apache-2.0
package dev.weir;

/**
 * Where on its way a request is decided about: at once, or first before and then behind authentication.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public enum Stage {
    /** By all rules at once, as {@link RateLimiter#decide} does. */
    WHOLE,
    /** Before anybody has looked who is calling: by the rules per address and per everyone. */
    EDGE,
    /** Behind authentication: by the other rules, and by what the edge has left. */
    IDENTITY
}
