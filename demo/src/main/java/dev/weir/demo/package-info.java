// SPDX-License-Identifier: Apache-2.0
/**
 * A small service that limits its callers, with a page to watch it. {@link dev.weir.demo.Main} starts it from a command
 * line, {@link dev.weir.demo.Demo} from code.
 */
package dev.weir.demo;
