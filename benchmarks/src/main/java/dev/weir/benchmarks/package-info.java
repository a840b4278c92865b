// SPDX-License-Identifier: Apache-2.0
/**
 * What Weir costs beside its peers. {@link dev.weir.benchmarks.Main} is what {@code ./weir bench} starts; each comparison
 * has a package of its own and hands its numbers to {@code report}.
 */
package dev.weir.benchmarks;
