// SPDX-License-Identifier: Apache-2.0
/**
 * The one place where Weir reads clocks. {@link dev.weir.time.TimeSource} is handed to everything that waits or logs.
 */
package dev.weir.time;
