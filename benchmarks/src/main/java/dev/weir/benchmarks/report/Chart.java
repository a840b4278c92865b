// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

/** A picture that {@code docs/benchmarks.md} shows, as SVG that can be read on light and on dark pages. */
public interface Chart {

    /** {@return what it shows} */
    String title();

    /** {@return the picture} */
    String svg();
}
