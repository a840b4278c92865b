// SPDX-License-Identifier: Apache-2.0
/**
 * Decisions in memory, beside other limiters. {@link dev.weir.benchmarks.memory.MemoryComparison} is the entry.
 */
package dev.weir.benchmarks.memory;
