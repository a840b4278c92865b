// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

/**
 * Says who is calling.
 *
 * <p>The default one follows the {@code identity} section of the configuration. One of your own replaces it whole:
 *
 * <pre>{@code
 * RateLimitKeyResolver mine = request -> Identity.of(tenantOf(request), userOf(request));
 * }</pre>
 *
 * <p>A part may be believed only from a source that a client cannot forge. It is called on the request's thread, must not
 * block, and must be thread-safe. If it throws or answers null, the request counts by its address alone.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RateLimitKeyResolver {

    /**
     * Says who is calling.
     *
     * @param request the request
     * @return the identity; where it has no address, the client's address as configured is added
     */
    Identity resolve(RateLimitRequest request);
}
