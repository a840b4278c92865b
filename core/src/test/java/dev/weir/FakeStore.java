// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.RateLimitStore;
import dev.weir.store.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** A store that counts nothing: it records what it is asked, and answers what the test says. */
final class FakeStore implements RateLimitStore {

    final List<Charge> charges = new ArrayList<>();
    final List<Long> deadlines = new ArrayList<>();
    final List<String> released = new ArrayList<>();
    final List<ItemKey> refilled = new ArrayList<>();
    final List<ItemKey> removed = new ArrayList<>();
    private final Map<String, Consumer<ChargeItem>> answers = new HashMap<>();
    private Consumer<Charge> failure = charge -> {};
    private Consumer<Limit> check = limit -> {};

    /** Answers for the items of a rule; {@code BUCKET api} for those of one kind only. */
    FakeStore answer(String ruleOrKindAndRule, Consumer<ChargeItem> answer) {
        answers.put(ruleOrKindAndRule, answer);
        return this;
    }

    FakeStore refuse(String rule, long waitNanos) {
        return answer(rule, item -> {
            item.verdict(Verdict.REFUSED);
            item.report(0, 0, waitNanos, waitNanos);
        });
    }

    FakeStore fail(Consumer<Charge> how) {
        this.failure = how;
        return this;
    }

    FakeStore check(Consumer<Limit> own) {
        this.check = own;
        return this;
    }

    @Override
    public void check(Limit limit) {
        check.accept(limit);
    }

    @Override
    public void charge(Charge charge, long deadlineNanos) {
        charges.add(charge);
        deadlines.add(deadlineNanos);
        for (ChargeItem item : charge.items()) {
            item.report(0, item.limit().capacity(0) - 1, 0, 1);
            answers.getOrDefault(item.rule(), unused -> {}).accept(item);
            answers.getOrDefault(item.kind() + " " + item.rule(), unused -> {}).accept(item);
        }
        Outcome outcome = charge.outcomeOfVerdicts();
        if (outcome == Outcome.ADMITTED) {
            charge.items().stream()
                    .filter(item -> item.kind() == ItemKind.LEASE && item.action() == dev.weir.store.Action.TAKE)
                    .forEach(item -> item.lease(new FakeLease(item.plain(), key -> released.add(key.toString()))));
        }
        charge.decide(outcome);
        failure.accept(charge);
    }

    /** What the last charge asked, one line each: action, kind, rule, part and cost. */
    List<String> lastCharge() {
        return charges.get(charges.size() - 1).items().stream()
                .map(item -> item.action() + " " + item.plain() + " cost " + item.cost() + " limit "
                        + item.limit().capacity(0))
                .collect(Collectors.toList());
    }

    @Override
    public void release(ItemKey key, String leaseId) {
        throw new AssertionError("requests have leases without ids");
    }

    @Override
    public void refill(ItemKey key) {
        refilled.add(key);
    }

    @Override
    public void remove(ItemKey key) {
        removed.add(key);
    }

    @Override
    public void close() {
        throw new AssertionError("a store that was given is not closed");
    }
}
