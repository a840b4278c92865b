// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.plan.Per;
import dev.weir.plan.Rule;
import dev.weir.store.Charge;
import dev.weir.store.ItemKind;
import dev.weir.store.ItemTemplate;
import java.util.List;

/** Who of two stages asks for what, and how both together look. */
final class StageSplit {

    private StageSplit() {}

    /** Whether a rule counts whom the edge knows. */
    static boolean isEdge(Rule rule) {
        return (rule.per() == Per.IP || rule.per() == Per.EVERYONE) && rule.within() == null;
    }

    /* Design: leases are taken at identity, but for those of a rule that counts answers. There they bound how many
     * requests look at the same moment, and wrong passwords, for which that is meant, never reach identity. */
    static boolean isEdge(Rule rule, ItemTemplate template) {
        return isEdge(rule)
                && (template.kind() != ItemKind.LEASE || !rule.count().isEmpty());
    }

    /** What both stages have asked for, in the order of the file. */
    static Charge merge(List<Rule> rules, Charge edge, Charge identity) {
        Charge both = new Charge(edge.size() + identity.size());
        int ofEdge = 0;
        int ofIdentity = 0;
        for (int i = 0; i < rules.size(); i++) {
            String rule = rules.get(i).name();
            ofEdge = move(edge, ofEdge, rule, both);
            ofIdentity = move(identity, ofIdentity, rule, both);
        }
        return both;
    }

    private static int move(Charge from, int first, String rule, Charge to) {
        int at = first;
        while (at < from.size() && from.item(at).rule().equals(rule)) {
            to.add(from.item(at++));
        }
        return at;
    }
}
