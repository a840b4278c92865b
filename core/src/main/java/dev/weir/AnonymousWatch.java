// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.Identity;
import dev.weir.identity.RateLimitRequest;
import dev.weir.plan.Per;
import dev.weir.plan.Rule;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks at the first requests behind authentication, and says once if none of them is of anybody. Then most likely nobody
 * has authenticated yet where the filter stands. Thread-safe.
 */
final class AnonymousWatch {

    private static final Logger LOG = System.getLogger("dev.weir");
    private static final int MOST_REQUESTS = 1_000;
    private static final int MOST_WITH_CREDENTIALS = 20;

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger withCredentials = new AtomicInteger();
    private volatile boolean watching;

    /**
     * Makes a watch.
     *
     * @param rules all rules, the catch-all behind them; where none cares who is calling, there is nothing to watch
     */
    AnonymousWatch(List<Rule> rules) {
        this.watching =
                rules.size() == 1 || rules.subList(0, rules.size() - 1).stream().anyMatch(AnonymousWatch::asksWho);
    }

    private static boolean asksWho(Rule rule) {
        return isWho(rule.per()) || (rule.within() != null && isWho(rule.within()));
    }

    private static boolean isWho(Per per) {
        return per != Per.IP && per != Per.EVERYONE;
    }

    void look(RateLimitRequest request, Identity identity) {
        if (!watching) {
            return;
        }
        if (identity.tenantKey() != null || identity.userKey() != null) {
            watching = false;
            return;
        }
        boolean credentials = request.header("Authorization") != null;
        if ((credentials && withCredentials.incrementAndGet() == MOST_WITH_CREDENTIALS)
                || requests.incrementAndGet() == MOST_REQUESTS) {
            watching = false;
            LOG.log(
                    Level.WARNING,
                    "WEIR-005: None of the first requests came from a known tenant or user; all count by their address. Put"
                            + " the filter behind the one that authenticates, or check the sources in identity. If nobody"
                            + " authenticates here, write per: ip into the rules. (This is logged once.)");
        }
    }
}
