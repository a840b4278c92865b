// SPDX-License-Identifier: Apache-2.0
/**
 * Who is calling. A {@link dev.weir.identity.RateLimitKeyResolver} turns a {@link dev.weir.identity.RateLimitRequest}
 * into an {@link dev.weir.identity.Identity}.
 */
package dev.weir.identity;
