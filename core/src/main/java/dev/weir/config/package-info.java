// SPDX-License-Identifier: Apache-2.0
/**
 * Reading and checking the configuration file. {@link dev.weir.config.Configuration#read} answers all that a file says,
 * or all that is wrong with it.
 */
package dev.weir.config;
