// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.BucketLimit;
import dev.weir.store.Charge;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.LeaseLimit;
import dev.weir.store.Limit;
import dev.weir.store.Outcome;
import dev.weir.store.RollingLimit;
import dev.weir.store.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a store promises of keys: no two that differ in any part share anything, whatever the text in them.
 *
 * @since 0.1
 */
public interface KeyContract extends StoreFixture {

    /** Delimiters, blanks, digests, control characters and long text in values: each key counts for itself. */
    @Test
    default void keys_thatDifferInAnyPartShareNothing() {
        List<ItemKey> keys = hostileKeys();
        for (Limit limit : List.of(Rig.bucket(1, Rig.HOUR), Rig.rolling(1, Rig.HOUR), Rig.leases(1))) {
            try (Rig rig = new Rig(this)) {
                for (ItemKey key : keys) {
                    assertTrue(rig.takes(item(limit, key)), () -> "shared: " + key);
                }
                for (ItemKey key : keys) {
                    assertEquals(Verdict.REFUSED, rig.ask(item(limit, key)).verdict(), () -> "not counted: " + key);
                }
            }
        }
    }

    /** A bucket, a log and leases of the same rule and caller are three things. */
    @Test
    default void keys_ofDifferentKindsShareNothing() {
        try (Rig rig = new Rig(this)) {
            BucketLimit bucket = Rig.bucket(3, Rig.HOUR);
            RollingLimit rolling = Rig.rolling(4, Rig.HOUR);
            LeaseLimit leases = Rig.leases(5);
            assertEquals(3, rig.burst(bucket));
            assertEquals(4, rig.burst(rolling));
            assertEquals(5, rig.burst(leases));
        }
    }

    /** Many keys in one charge are all taken, each from its own. */
    @Test
    default void keys_manyInOneChargeAreAllTaken() {
        List<ItemKey> keys = hostileKeys();
        try (Rig rig = new Rig(this)) {
            BucketLimit limit = Rig.bucket(2, Rig.HOUR);
            for (Outcome expected : List.of(Outcome.ADMITTED, Outcome.ADMITTED, Outcome.REFUSED)) {
                Charge charge = new Charge(1);
                keys.forEach(key -> charge.add(item(limit, key)));
                rig.store.charge(charge, rig.clock.nanoTime() + Rig.SECOND.toNanos());
                assertEquals(expected, charge.outcome());
            }
        }
    }

    private static ChargeItem item(Limit limit, ItemKey key) {
        return new ChargeItem(Action.TAKE, limit, key.rule(), key.within(), key.per(), 1);
    }

    private static ItemKey key(String rule, @Nullable Key within, Key per) {
        return new ItemKey(ItemKind.BUCKET, rule, within, per);
    }

    private static List<ItemKey> hostileKeys() {
        List<String> texts = List.of(
                "a",
                "A",
                " a",
                "a ",
                "a:b",
                "b",
                "a:",
                ":b",
                ":",
                "a/b",
                "a|b",
                "a\0b",
                "a\n",
                "{a}",
                "{a}b",
                "null",
                "ip a",
                "user",
                "sha256:",
                "\u00e9",
                "e\u0301",
                "\ud83d\ude00",
                "x".repeat(300),
                "x".repeat(301),
                "Aa",
                "BB");
        List<ItemKey> keys = new ArrayList<>();
        for (String text : texts) {
            keys.add(key("r", null, Key.of(Scope.USER, text)));
            keys.add(key("r", null, Key.of(Scope.TENANT, text)));
            keys.add(key("r", Key.of(Scope.TENANT, "a"), Key.of(Scope.USER, text)));
            keys.add(key("r", Key.of(Scope.TENANT, text), Key.of(Scope.USER, "z")));
            keys.add(key("r:" + text, null, Key.EVERYONE));
        }
        keys.add(key("r", null, Key.EVERYONE));
        keys.add(key("r", Key.of(Scope.TENANT, "a"), Key.EVERYONE));
        return keys;
    }
}
