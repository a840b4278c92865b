// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Profile;
import java.util.List;

/** A profile with the numbers that each rule means for it; the last ones are those of the catch-all. */
record RatedProfile(Profile profile, List<RuleLimits> limits) {}
