// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Profile;
import java.util.List;

/** A profile with the numbers that each rule means for it, in the order of the rules. */
record RatedProfile(Profile profile, List<RuleLimits> limits) {}
