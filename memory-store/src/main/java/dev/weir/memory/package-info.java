// SPDX-License-Identifier: Apache-2.0
/**
 * The store inside one JVM: exact, atomic over several items, bounded. {@link dev.weir.memory.MemoryStore} is the store.
 */
package dev.weir.memory;
