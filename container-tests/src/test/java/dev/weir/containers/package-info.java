// SPDX-License-Identifier: Apache-2.0
/**
 * The drop-in JAR, and the real containers with it: unpacked, started as a process of their own, called over the network.
 * {@link dev.weir.containers.Distribution} is a container that can be installed.
 */
package dev.weir.containers;
