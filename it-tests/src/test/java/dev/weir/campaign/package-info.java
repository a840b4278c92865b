// SPDX-License-Identifier: Apache-2.0
/**
 * Several JVMs that share a Redis which is broken again and again, and what they may admit. {@link
 * dev.weir.campaign.Campaign} runs one, {@link dev.weir.campaign.Judge} judges what it has recorded.
 */
package dev.weir.campaign;
