// SPDX-License-Identifier: Apache-2.0
/**
 * What limiters cost a servlet container. {@link dev.weir.benchmarks.http.HttpComparison} is the entry: it measures servers
 * that run in
 * JVMs of their own.
 */
package dev.weir.benchmarks.http;
