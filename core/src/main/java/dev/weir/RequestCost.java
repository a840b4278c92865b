// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.identity.RateLimitRequest;

/**
 * Says what a request costs, where requests of one rule are not all alike.
 *
 * <pre>{@code
 * RequestCost byRows = (request, rule, configured) -> rule.equals("export") ? rowsAsked(request) : configured;
 * }</pre>
 *
 * <p>Called on the request's thread for each rule that applies, before anything is charged. If it throws, or answers less
 * than 1 or more than 10<sup>12</sup>, the rule's own cost counts. A cost above a quota's capacity is refused for ever.
 * Must be thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface RequestCost {

    /**
     * Says what a request costs.
     *
     * @param request the request
     * @param rule the name of the rule that is to be charged
     * @param configured the rule's own cost
     * @return the cost, at least 1
     */
    long costOf(RateLimitRequest request, String rule, long configured);
}
