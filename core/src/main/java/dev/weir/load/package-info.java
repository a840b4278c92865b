// SPDX-License-Identifier: Apache-2.0
/**
 * How loaded the container or host is. {@link dev.weir.load.ResourceMonitor} is the entry point, and usable alone.
 */
package dev.weir.load;
