// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import dev.weir.RateLimiter;
import dev.weir.RateLimiterBuilder;
import dev.weir.config.Configuration;
import dev.weir.identity.Identity;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.testkit.FakeRequest;
import java.time.Duration;
import java.util.SplittableRandom;

/**
 * Fifty callers, one of whom makes three of ten requests, and what they are held to. Each asks for one path only, so the number
 * of a caller tells what becomes of him while Redis does not answer.
 */
final class Crowd {

    static final int CALLERS = 50;
    static final int HOT = 0;
    static final int MAX_COST = 5;
    static final String NAMESPACE = "campaign";
    static final Duration DEADLINE = Duration.ofMillis(250);
    static final Windows.Limit LIMIT = new Windows.Limit(50, 20, 1_000_000_000);

    private static final int HOT_PERCENT = 30;

    private Crowd() {}

    /** What becomes of a caller's requests while Redis does not answer. */
    enum Policy {
        LOCAL,
        OPEN,
        CLOSED;

        static Policy of(int caller) {
            return caller < 30 ? LOCAL : caller < 40 ? OPEN : CLOSED;
        }

        String rule() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    static int next(SplittableRandom random) {
        return random.nextInt(100) < HOT_PERCENT ? HOT : 1 + random.nextInt(CALLERS - 1);
    }

    static FakeRequest request(int caller, int cost) {
        return FakeRequest.get("/" + Policy.of(caller).rule())
                .header("User", "caller" + caller)
                .header("Cost", Integer.toString(cost));
    }

    /** {@return what a caller's bucket is known by} */
    static ItemKey bucket(int caller) {
        return new ItemKey(ItemKind.BUCKET, Policy.of(caller).rule(), null, Key.of(Scope.USER, "caller" + caller));
    }

    /** A limiter on the Redis at an address, of which there are so many. */
    static RateLimiterBuilder limiter(String uri, int instances) {
        String text = """
                store:
                  type: redis
                  namespace: %s
                  redis: {uri: "%s", deadline: %dms, instances: %d}
                tiers:
                  all: {rates: {requests: %d/s burst %d}}
                profiles: {default: all}
                rules:
                  - {name: local, path: /local, per: user, rate: requests, concurrent: 1000, on-failure: local}
                  - {name: open, path: /open, per: user, rate: requests, on-failure: open}
                  - {name: closed, path: /closed, per: user, rate: requests, on-failure: closed}
                """.formatted(NAMESPACE, uri, DEADLINE.toMillis(), instances, LIMIT.amount(), LIMIT.capacity());
        return RateLimiter.builder(Configuration.parse("campaign.yaml", text))
                .resolver(request -> Identity.of(null, request.header("User")))
                .requestCost((request, rule, configured) -> Long.parseLong(request.header("Cost")));
    }
}
