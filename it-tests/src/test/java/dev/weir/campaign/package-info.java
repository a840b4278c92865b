// SPDX-License-Identifier: Apache-2.0
/**
 * Several JVMs that share a Redis, and what they may admit. {@link dev.weir.campaign.Campaign} breaks it again and again,
 * {@link dev.weir.campaign.Judge} judges what they have recorded.
 */
package dev.weir.campaign;
