// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.guard.FakeShared;
import dev.weir.guard.GuardedStore;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.plan.FailurePolicy;
import dev.weir.plan.Rule;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKind;
import dev.weir.store.ItemTemplate;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Rate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;

/** A gate to a store in two places, of which one is out of reach: that of the rules whose names begin with "far". */
abstract class PartlyReached {

    static final Limit LIMIT =
            new BucketLimit(List.of(new Rate(20, Duration.ofMinutes(1).toNanos(), 20)), 0);
    static final Limit LEASES = new LeaseLimit(7, 0);

    final FakeTime time = new FakeTime();
    final FakeShared shared = new FakeShared();
    final FakeStore memory = new FakeStore();
    final GuardedStore guard = new GuardedStore(shared, time, 0, (answers, cause) -> {});
    final StoreGate gate =
            new StoreGate(guard, new LocalShare(memory, () -> 3), Duration.ofMillis(25), new Complaints(time));
    final List<String> released = new ArrayList<>();
    int undone;
    Runnable undo = () -> undone++;

    @AfterEach
    void close() {
        guard.close();
    }

    static ChargeItem item(String rule, FailurePolicy policy, Action action, Limit limit) {
        Rule asking = Rule.named(rule)
                .rate("requests")
                .count(action == Action.LOOK || action == Action.GLANCE ? Set.of(401) : Set.of())
                .onFailure(policy)
                .build();
        return new ItemTemplate(action, limit, rule, 1)
                .tagged(new ItemTag(asking, limit, 0))
                .item(null, Key.of(Scope.USER, "fred"));
    }

    static ChargeItem take(String rule, FailurePolicy policy) {
        return item(rule, policy, Action.TAKE, LIMIT);
    }

    static ChargeItem near() {
        return take("near", FailurePolicy.CLOSED);
    }

    static ChargeItem lease(String rule) {
        return item(rule, FailurePolicy.LOCAL, Action.TAKE, LEASES);
    }

    static boolean isFar(ChargeItem item) {
        return item.rule().startsWith("far");
    }

    void losePlace() {
        shared.answer = charge -> {
            FakeShared.reachingAllBut(PartlyReached::isFar, () -> undo.run()).accept(charge);
            charge.items().stream()
                    .filter(item -> item.kind() == ItemKind.LEASE && item.action() == Action.TAKE && !isFar(item))
                    .forEach(item -> item.lease(new FakeLease(item.plain(), key -> released.add(key.rule()))));
        };
    }

    Decision charge(ChargeItem... items) {
        losePlace();
        return gate.charge(Charge.of(items));
    }

    static List<String> rates(Decision decision) {
        return decision.rates().stream()
                .map(rate -> rate.rule() + " " + rate.remaining() + " of " + rate.limit())
                .toList();
    }

    void refuseHere(String rule) {
        memory.refuse(rule, 9_000_000_000L);
    }

    static List<String> logged(Runnable what) {
        try (LogLines log = new LogLines()) {
            what.run();
            return log.messages();
        }
    }
}
