// SPDX-License-Identifier: Apache-2.0
/** What the applications are made of that the tests deploy. Nothing of it knows Weir. */
package dev.weir.containers.app;
