// SPDX-License-Identifier: Apache-2.0
/**
 * The drop-in JAR: rate limiting for every application of a container, or for one, without code. Containers find
 * {@link dev.weir.dropin.WeirInitializer} by themselves; nobody else calls it.
 */
@NullMarked
package dev.weir.dropin;

import org.jspecify.annotations.NullMarked;
