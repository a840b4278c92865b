// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.Identity;
import java.time.Instant;

/**
 * One decision, told to a {@link RateLimitListener}. Holds no reference to the request, so it may be kept.
 *
 * <p>Method, path and identity come from the caller as they are: escape them before they reach a log.
 *
 * @param time when, by the wall clock
 * @param method the method
 * @param path the path inside the application
 * @param identity who called
 * @param decision what was decided
 * @since 0.1
 */
public record RateLimitEvent(Instant time, String method, String path, Identity identity, Decision decision) {}
