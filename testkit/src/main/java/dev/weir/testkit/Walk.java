// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import dev.weir.store.Rate;
import dev.weir.store.RollingLimit;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** A random walk through a store and its model, side by side. */
final class Walk {

    private static final String[] RULES = {"api", "login", "huge"};
    private static final String[] CALLERS = {"fred", "wilma"};
    private static final long[] AMOUNTS = {1, 7, 17, 40};
    private static final Duration[] PERIODS = {Rig.SECOND, Duration.ofSeconds(7), Rig.MINUTE, Duration.ofDays(1)};
    private static final long HUGE = 1_000_000_000_000L;
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
    private static final int STEPS_PER_YEAR = 5_000;
    private static final int STEPS_PER_CENTURY = 60_000;
    private static final int MAX_STEPS = 120_000;
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
        rig.clock.advance(pause());
        int what = random.nextInt(100);
        if (what < 3) {
            ItemKey key = key(kind());
            rig.store.refill(key);
            model.refill(key);
        } else if (what < 4) {
            ItemKey key = key(kind());
            rig.store.remove(key);
            model.remove(key);
        } else if (what < 20 || held.size() > MAX_HELD) {
            release();
        } else {
            charge();
        }
    }

    /** Nothing for most of the time, seldom a year, and once or twice a century, as the clock has no three of them. */
    private Duration pause() {
        if (step % STEPS_PER_CENTURY == STEPS_PER_CENTURY / 2 && step < MAX_STEPS) {
            return Duration.ofDays(36_525);
        }
        return random.nextInt(STEPS_PER_YEAR) == 0 && step < MAX_STEPS
                ? Duration.ofDays(365)
                : Duration.ofMillis(STEPS[random.nextInt(STEPS.length)]);
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
        assertTrue(isSame(expected.inForce(), found.inForce()), () -> "limit in force: " + found.inForce() + of);
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

    /** A store that keeps a rate in its lowest terms may say it in them. */
    private static boolean isSame(Limit expected, Limit found) {
        boolean same = expected.kind() == found.kind()
                && expected.version() == found.version()
                && expected.size() == found.size();
        for (int i = 0; same && i < expected.size(); i++) {
            same = expected.capacity(i) == found.capacity(i)
                    && product(expected.amount(i), found.periodNanos(i))
                            .equals(product(found.amount(i), expected.periodNanos(i)));
        }
        return same;
    }

    private static BigInteger product(long a, long b) {
        return BigInteger.valueOf(a).multiply(BigInteger.valueOf(b));
    }

    private long ticks(long nanos) {
        return nanos == Long.MAX_VALUE ? nanos : (nanos + rig.resolution - 1) / rig.resolution;
    }

    private String where() {
        return " in step " + step + " from seed " + seed;
    }

    private ItemKey key(ItemKind kind) {
        Key within = random.nextInt(4) == 0 ? Key.of(Scope.TENANT, "acme") : null;
        return new ItemKey(kind, pick(RULES), within, Key.of(Scope.USER, pick(CALLERS)));
    }

    private ChargeItem item() {
        ItemKey key = key(kind());
        Limit limit = limit(key, version(key));
        if (limit instanceof LeaseLimit leases) {
            Action action = random.nextInt(4) == 0 ? Action.LOOK : Action.TAKE;
            return random.nextBoolean()
                    ? new ChargeItem(action, leases, key.rule(), key.within(), key.per(), 1)
                    : ChargeItem.namedLease(action, leases, key.rule(), key.within(), key.per(), pick(CALLERS));
        }
        Action action = random.nextBoolean() ? Action.TAKE : UNSETTLED[random.nextInt(UNSETTLED.length)];
        return new ChargeItem(action, limit, key.rule(), key.within(), key.per(), cost(limit));
    }

    /** Small ones for the most part, so that several fit; else those at the border, or far beyond. */
    private long cost(Limit limit) {
        long capacity = limit.capacity(random.nextInt(limit.size()));
        return switch (random.nextInt(20)) {
            case 0 -> Math.max(1, capacity - 1);
            case 1 -> capacity;
            case 2 -> capacity + 1;
            case 3 -> random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextLong(capacity);
            default -> 1 + random.nextInt(6);
        };
    }

    /**
     * The newest, or an older one that must be ignored. That only where the key is not whole: a store may forget one that
     * is, and its version with it.
     */
    private long version(ItemKey key) {
        long newest = step / STEPS_PER_VERSION;
        return random.nextInt(5) == 0 && !model.isWhole(key) ? random.nextLong(newest + 1) : newest;
    }

    /** A version has the same numbers for a key whenever it comes; the next one has others: more, fewer, longer, shorter. */
    private Limit limit(ItemKey key, long version) {
        String name = key.kind() + key.rule() + version;
        SplittableRandom numbers = new SplittableRandom(seed + name.hashCode());
        if (key.kind() == ItemKind.LEASE) {
            return new LeaseLimit(1 + numbers.nextInt(6), version);
        }
        Rate[] rates = new Rate[1 + numbers.nextInt(3)];
        for (int i = 0; i < rates.length; i++) {
            rates[i] = randomRate(numbers, key);
        }
        return key.kind() == ItemKind.ROLLING ? rolling(version, rates) : bucket(version, rates);
    }

    private static Rate randomRate(SplittableRandom numbers, ItemKey key) {
        boolean rolling = key.kind() == ItemKind.ROLLING;
        long amount = AMOUNTS[numbers.nextInt(AMOUNTS.length)];
        Duration period = PERIODS[numbers.nextInt(PERIODS.length)];
        if (key.rule().equals("huge")) {
            amount = rolling ? RollingLimit.MAX_AMOUNT : HUGE;
            period = Duration.ofDays(1);
        }
        return rate(amount, period, rolling ? amount : 1 + numbers.nextLong(2 * amount));
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
