// SPDX-License-Identifier: Apache-2.0
/**
 * Rate limiting for Jakarta servlets. {@link dev.weir.servlet.RateLimitFilter} is the filter.
 */
package dev.weir.servlet;
