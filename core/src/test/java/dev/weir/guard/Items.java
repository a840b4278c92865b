// SPDX-License-Identifier: Apache-2.0
package dev.weir.guard;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.ChargeItem;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.time.Duration;
import java.util.List;

/** Short ways to items of charges. */
final class Items {

    static final long SECOND = Duration.ofSeconds(1).toNanos();
    static final long MINUTE = 60 * SECOND;

    private Items() {}

    static BucketLimit bucket(long amount, long version) {
        return new BucketLimit(List.of(new Rate(amount, MINUTE, amount)), version);
    }

    static RollingLimit rolling(long amount) {
        return new RollingLimit(List.of(new Rate(amount, MINUTE, amount)), 0);
    }

    static ChargeItem item(Action action, Limit limit, String user, long cost) {
        return new ChargeItem(action, limit, "api", null, Key.of(Scope.USER, user), cost);
    }

    static ChargeItem take(String user) {
        return take(user, 1);
    }

    static ChargeItem take(String user, long cost) {
        return item(Action.TAKE, bucket(20, 0), user, cost);
    }

    static ChargeItem lease(String user) {
        return item(Action.TAKE, new LeaseLimit(5, 0), user, 1);
    }
}
