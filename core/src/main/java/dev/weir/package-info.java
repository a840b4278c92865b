// SPDX-License-Identifier: Apache-2.0
/**
 * Identity-aware rate limiting. {@link dev.weir.RateLimiter} is the entry point for applications that limit requests,
 * {@link dev.weir.QuotaLimiter} for code that limits anything else.
 */
package dev.weir;
