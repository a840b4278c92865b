// SPDX-License-Identifier: Apache-2.0
package dev.weir.key;

import java.nio.charset.StandardCharsets;
import java.util.Set;

/** What must hold of any two names, whoever made them up: they are one key only if they are one name. */
final class KeyProperties {

    private KeyProperties() {}

    static void check(String one, String other) {
        if (one.isEmpty() || other.isEmpty()) {
            return;
        }
        for (Scope scope : Scope.values()) {
            Key key = Key.of(scope, one);
            require(key.equals(Key.of(Scope.USER, other)) == (scope == Scope.USER && one.equals(other)), one, other);
            Key same = Key.of(scope, String.valueOf(one.toCharArray()));
            require(key.equals(same) && key.hashCode() == same.hashCode(), one, other);
            require(key.value().getBytes(StandardCharsets.UTF_8).length <= Key.MAX_BYTES, one, other);
            // Who is told his key and calls himself by it is somebody else, unless the key is his name.
            require(Key.of(scope, key.value()).equals(key) == key.value().equals(one), one, other);
        }
        for (String padding : Set.of("x".repeat(300), "sha256:")) {
            boolean equal = Key.of(Scope.USER, padding + one).equals(Key.of(Scope.USER, padding + other));
            require(equal == one.equals(other), padding + one, padding + other);
        }
    }

    private static void require(boolean holds, String one, String other) {
        if (!holds) {
            throw new AssertionError("wrong keys for <" + one + "> and <" + other + ">");
        }
    }
}
