// SPDX-License-Identifier: Apache-2.0
/**
 * How much, and for whom. A {@link dev.weir.plan.Rule} says which requests count against which
 * {@link dev.weir.plan.Quota}; a {@link dev.weir.plan.Profile} says whose numbers they are.
 */
package dev.weir.plan;
