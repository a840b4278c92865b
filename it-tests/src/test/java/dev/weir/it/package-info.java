// SPDX-License-Identifier: Apache-2.0
/** Whole stories on real containers. {@link dev.weir.it.WebApp} describes an application, {@link dev.weir.it.Containers} runs it. */
package dev.weir.it;
