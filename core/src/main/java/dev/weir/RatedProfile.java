// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Profile;
import dev.weir.store.ItemTemplate;
import java.util.List;

/**
 * A profile with what each rule asks of the store for it, in the order of the rules; of a rule that limits nothing for
 * it, an empty list.
 */
record RatedProfile(Profile profile, List<List<ItemTemplate>> templates) {}
