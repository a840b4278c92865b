// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.it.StructuredFields.Item;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the rate-limit headers of an answer in both dialects, and checks that they say the same. */
final class Dialects {

    private Dialects() {}

    /** Checks an answer that carries both dialects; the tightest rate is that of this policy. */
    static void assertAgree(Answer answer, String tightest) {
        List<Item> policyList = StructuredFields.parse(answer.header("RateLimit-Policy"));
        List<Item> rateList = StructuredFields.parse(answer.header("RateLimit"));
        Map<String, Item> policies = byName(policyList);
        Map<String, Item> rates = byName(rateList);
        assertThat(rates.keySet()).isEqualTo(policies.keySet()).contains(tightest);
        Item policy = policies.get(tightest);
        Item rate = rates.get(tightest);
        Object burst = policy.parameters().getOrDefault("weir-burst", policy.number("q"));
        assertThat(answer.number("X-RateLimit-Limit")).isEqualTo(burst);
        assertThat(answer.number("X-RateLimit-Remaining")).isEqualTo(rate.number("r"));
        String seconds = answer.status() == 429 ? "Retry-After" : "X-RateLimit-Reset";
        assertThat(answer.number(seconds)).isEqualTo(rate.number("t"));
        assertThat(answer.number("X-RateLimit-Reset")).isNotNegative();
        policyList.forEach(item -> assertThat(item.parameters().keySet()).isSubsetOf("q", "w", "qu", "weir-burst"));
        rateList.forEach(item -> assertThat(item.parameters().keySet()).isSubsetOf("r", "t"));
    }

    static Map<String, Item> byName(List<Item> items) {
        return items.stream().collect(Collectors.toMap(Item::name, Function.identity()));
    }

    static void assertNone(Answer answer) {
        assertThat(answer.headers().keySet())
                .noneMatch(name -> name.regionMatches(true, 0, "X-RateLimit", 0, 11)
                        || name.regionMatches(true, 0, "RateLimit", 0, 9));
    }
}
