// SPDX-License-Identifier: Apache-2.0
/**
 * Names of callers, compared part by part. {@link dev.weir.key.Key} is what identity produces and stores count by.
 */
package dev.weir.key;
