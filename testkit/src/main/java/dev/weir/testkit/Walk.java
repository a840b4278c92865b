// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Lease;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A random walk through a store and its model, side by side. */
final class Walk {

    private static final String[] RULES = {"api", "login"};
    private static final String[] CALLERS = {"fred", "wilma", "barney"};
    private static final long[] STEPS = {
        0,
        0,
        0,
        1,
        40,
        Duration.ofSeconds(1).toMillis(),
        Duration.ofSeconds(29).toMillis(),
        Duration.ofHours(2).toMillis()
    };
    private static final ItemKind[] KINDS = ItemKind.values();
    private static final Action[] UNSETTLED = {Action.LOOK, Action.WATCH, Action.GLANCE};
    private static final int STEPS_PER_VERSION = 50;
    private static final int MAX_HELD = 12;

    private final Rig rig;
    private final NaiveStore model;
    private final long seed;
    private final SplittableRandom random;
    private final List<Held> held = new ArrayList<>();
    private int step;

    Walk(Rig rig, NaiveStore model, long seed) {
        this.rig = rig;
        this.model = model;
        this.seed = seed;
        this.random = new SplittableRandom(seed);
    }

    void step(int number) {
        step = number;
        rig.clock.advance(Duration.ofMillis(STEPS[random.nextInt(STEPS.length)]));
        int what = random.nextInt(100);
        if (what < 3) {
            ItemKey key = new ItemKey(kind(), pick(RULES), null, Key.of(Scope.USER, pick(CALLERS)));
            rig.store.refill(key);
            model.refill(key);
        } else if (what < 20 || held.size() > MAX_HELD) {
            release();
        } else {
            charge();
        }
    }

    /** Whoever else holds the same id has lost it thereby, so nobody gives it back again. */
    private void release() {
        if (!held.isEmpty()) {
            Held one = held.remove(random.nextInt(held.size()));
            held.removeIf(other ->
                    one.id != null && one.id.equals(other.id) && one.found.key().equals(other.found.key()));
            one.expected.release();
            one.found.release();
        }
    }

    private void charge() {
        List<ChargeItem> items = new ArrayList<>();
        int size = random.nextInt(5);
        while (items.size() < size) {
            ChargeItem item = item();
            if (!items.contains(item)) {
                items.add(item);
            }
        }
        if (items.isEmpty()) {
            ChargeItem item = item();
            items.add(item.kind() == ItemKind.LEASE ? item : item.as(Action.SETTLE));
        }
        Charge charge = Charge.of(items.toArray(ChargeItem[]::new));
        Charge expected =
                Charge.of(items.stream().map(item -> item.as(item.action())).toArray(ChargeItem[]::new));
        rig.store.charge(charge, rig.clock.nanoTime() + Rig.SECOND.toNanos());
        model.charge(expected, 0);
        assertEquals(expected.outcome(), charge.outcome(), () -> "outcome" + where());
        for (int i = 0; i < charge.size(); i++) {
            compare(expected.item(i), charge.item(i));
        }
    }

    private void compare(ChargeItem expected, ChargeItem found) {
        String of = " of " + found.action() + " " + found.cost() + " of " + found + ", " + found.limit() + where();
        assertEquals(expected.verdict(), found.verdict(), () -> "verdict" + of);
        assertEquals(expected.inForce(), found.inForce(), () -> "limit in force" + of);
        for (int rate = 0; rate < expected.inForce().size(); rate++) {
            assertEquals(expected.available(rate), found.available(rate), () -> "available" + of);
            assertEquals(ticks(expected.waitNanos(rate)), ticks(found.waitNanos(rate)), () -> "wait" + of);
            assertEquals(ticks(expected.resetNanos(rate)), ticks(found.resetNanos(rate)), () -> "reset" + of);
        }
        Lease expectedLease = expected.lease();
        Lease foundLease = found.lease();
        assertEquals(expectedLease == null, foundLease == null, () -> "lease" + of);
        if (expectedLease != null && foundLease != null) {
            held.add(new Held(found.leaseId(), expectedLease, foundLease));
        }
    }

    private long ticks(long nanos) {
        return nanos == Long.MAX_VALUE ? nanos : (nanos + rig.resolution - 1) / rig.resolution;
    }

    private String where() {
        return " in step " + step + " from seed " + seed;
    }

    private ChargeItem item() {
        ItemKind kind = kind();
        String rule = pick(RULES);
        Key per = Key.of(Scope.USER, pick(CALLERS));
        if (kind == ItemKind.LEASE) {
            LeaseLimit limit = new LeaseLimit(3 + version() % 3, version());
            Action action = random.nextInt(4) == 0 ? Action.LOOK : Action.TAKE;
            return random.nextBoolean()
                    ? new ChargeItem(action, limit, rule, null, per, 1)
                    : ChargeItem.namedLease(action, limit, rule, null, per, pick(CALLERS));
        }
        Action action = random.nextBoolean() ? Action.TAKE : UNSETTLED[random.nextInt(UNSETTLED.length)];
        return new ChargeItem(action, limit(kind, rule), rule, null, per, 1 + random.nextInt(6));
    }

    /* Versions only grow: a store may forget an item that is whole, and its version with it. Bucket4j rounds where a period
     * changes, so capacities change only. */
    private long version() {
        return step / STEPS_PER_VERSION;
    }

    private Limit limit(ItemKind kind, String rule) {
        long version = version();
        long capacity = 5 + version * 7 % 11;
        boolean two = rule.equals("login");
        if (kind == ItemKind.ROLLING) {
            return two
                    ? rolling(version, rate(capacity, Rig.SECOND), rate(20, Rig.MINUTE))
                    : rolling(version, rate(capacity, Rig.MINUTE));
        }
        return two
                ? bucket(version, rate(7, Rig.SECOND, capacity), rate(40, Rig.MINUTE, 20))
                : bucket(version, rate(17, Rig.MINUTE, capacity));
    }

    private ItemKind kind() {
        return KINDS[random.nextInt(KINDS.length)];
    }

    private String pick(String[] from) {
        return from[random.nextInt(from.length)];
    }

    /** A lease as the model and the store have handed it out. */
    private record Held(@Nullable String id, Lease expected, Lease found) {}
}
