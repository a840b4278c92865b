// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static dev.weir.testkit.Rig.SECOND;
import static dev.weir.testkit.Rig.bucket;
import static dev.weir.testkit.Rig.leases;
import static dev.weir.testkit.Rig.rate;
import static dev.weir.testkit.Rig.rolling;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.Limit;
import java.time.Duration;

/**
 * Fifty callers, one of whom makes a third of all charges, and what each of them is held to: three buckets, a rolling quota
 * and some leases. Tenants and addresses have several of them in common. For some callers one of the five is narrow, for
 * others another, so that each refuses somebody. Immutable.
 */
final class Crowd {

    static final int CALLERS = 50;
    static final int HOT = 0;
    static final int MAX_COST = 5;

    /** The items of a charge, in this order. */
    static final int USER = 0;

    static final int TENANT = 1;
    static final int ADDRESS = 2;
    static final int ROLLING = 3;
    static final int LEASE = 4;
    static final int ITEMS = 5;

    private static final int TENANTS = 5;
    private static final int ADDRESSES = 7;

    private static final Limit ONE = leases(1);
    private static final Limit MANY = leases(100);

    private final Limit wide;
    private final Limit ofUsers;
    private final Limit ofATenant;
    private final Limit ofAnAddress;
    private final Limit log;
    private final Limit wideLog;

    /**
     * @param slower how many times slower than in memory the store decides: all rates are so much lower, so that each of them
     *     refuses somebody there too
     */
    Crowd(int slower) {
        Duration second = SECOND.multipliedBy(slower);
        this.wide = bucket(0, rate(1_000_000, second));
        this.ofUsers = bucket(0, rate(1000, second, 500), rate(1_000_000, second));
        this.ofATenant = bucket(0, rate(1500, second, 300));
        this.ofAnAddress = bucket(0, rate(801, second, 100));
        this.log = rolling(0, rate(200, second.dividedBy(2)), rate(10_000, second));
        this.wideLog = rolling(10_000, second);
    }

    /** {@return the number of the key that an item of a caller has: callers who share it have the same} */
    static int key(int caller, int item) {
        return switch (item) {
            case TENANT -> caller % TENANTS;
            case ADDRESS -> caller % ADDRESSES;
            default -> caller;
        };
    }

    /** {@return how many keys there are of an item} */
    static int keys(int item) {
        return switch (item) {
            case TENANT -> TENANTS;
            case ADDRESS -> ADDRESSES;
            default -> CALLERS;
        };
    }

    /** {@return a key in words} */
    String name(int key, int item) {
        return item(key, item, Action.LOOK, 1).plain().toString();
    }

    /** {@return the limit of an item of a key} */
    Limit limit(int key, int item) {
        return switch (item) {
            case USER -> ofUsers;
            case TENANT -> key == TENANTS - 1 ? ofATenant : wide;
            case ADDRESS -> key == ADDRESSES - 1 ? ofAnAddress : wide;
            case ROLLING -> key % 3 == 1 ? log : wideLog;
            default -> key % 4 == 2 ? ONE : MANY;
        };
    }

    /* Each key has a rule of its own: then a store that lets keys share an entry when it has no place for them is as exact
     * as any other. */
    ChargeItem item(int key, int item, Action action, long cost) {
        Scope scope = item == TENANT ? Scope.TENANT : item == ADDRESS ? Scope.IP : Scope.USER;
        String name = Integer.toString(key);
        return new ChargeItem(action, limit(key, item), "rule-" + item + "-" + name, null, Key.of(scope, name), cost);
    }

    /** {@return the charge of a caller} */
    Charge charge(int caller, long cost) {
        Charge charge = new Charge(ITEMS);
        for (int item = 0; item < ITEMS; item++) {
            charge.add(item(key(caller, item), item, Action.TAKE, item == LEASE ? 1 : cost));
        }
        return charge;
    }
}
