// SPDX-License-Identifier: Apache-2.0
/**
 * From numbers to what people read: tables, pictures, the sections of {@code docs/benchmarks.md}, and the raw files.
 * {@link dev.weir.benchmarks.report.Publication} puts {@link dev.weir.benchmarks.report.Section}s in their place.
 */
package dev.weir.benchmarks.report;
