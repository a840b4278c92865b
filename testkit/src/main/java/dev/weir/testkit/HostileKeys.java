// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.Action;
import dev.weir.store.ChargeItem;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import dev.weir.store.Limit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keys of which no two are the same, though their texts joined would be. */
final class HostileKeys {

    private HostileKeys() {}

    static ChargeItem take(Limit limit, ItemKey key) {
        return new ChargeItem(Action.TAKE, limit, key.rule(), key.within(), key.per(), 1);
    }

    private static ItemKey key(String rule, @Nullable Key within, Key per) {
        return new ItemKey(ItemKind.BUCKET, rule, within, per);
    }

    static List<ItemKey> all() {
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
