// SPDX-License-Identifier: Apache-2.0
/**
 * What tests need. {@link dev.weir.testkit.ManualClock} is a clock to move by hand.
 */
package dev.weir.testkit;
