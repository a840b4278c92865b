// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import java.time.Duration;

/**
 * Where a caller stands with one rate of one rule.
 *
 * @param rule the name of the rule
 * @param policy the name of the rate in headers: the rule's, with a number behind it from the second rate on
 * @param limit the most that can be taken at once
 * @param remaining what can be taken at once now
 * @param reset how long until it is whole again
 * @param refused whether it refused the request
 * @since 0.1
 */
public record RateState(String rule, String policy, long limit, long remaining, Duration reset, boolean refused) {}
