// SPDX-License-Identifier: Apache-2.0
/**
 * Records who misbehaves. {@link dev.weir.anomaly.AnomalyLog} is the entry point: it takes events, remembers the last ones
 * and counts them all.
 */
package dev.weir.anomaly;
