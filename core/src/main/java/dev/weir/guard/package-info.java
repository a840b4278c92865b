// SPDX-License-Identifier: Apache-2.0
/**
 * What stands around a store that several JVMs share: a breaker, so that requests do not wait for a store that is gone; a
 * memory of refusals, so that whoever was refused costs the store nothing; a heartbeat. Entry point:
 * {@link dev.weir.guard.GuardedStore}. Not exported.
 */
package dev.weir.guard;
