// SPDX-License-Identifier: Apache-2.0
package dev.weir.key;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.identity.Identity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Every word over delimiters, empty parts and prefixes is a caller of his own. */
class KeyWordsTest {

    private static final int CASES = 20_000;

    private static final List<String> PARTS = List.of(
            "", "a", "b", ":", "|", "/", ",", ";", "=", "%", "\0", "\n", " ", "\"", "\\", "user", "user:", "tenant ",
            "ip", "1", "sha256:", "\u00e9", "e\u0301", "\ud800", "\udc00", "\uFEFF", "\u200b");

    /** Long names are digests: the border between those that are and those that are not is walked too. */
    @Test
    void wordsAndLongWords_areKeysOfTheirOwn() {
        Set<String> words = new HashSet<>();
        for (String word : KeyTest.texts()) {
            words.add(word);
            words.add("x".repeat(250) + word);
            words.add(word + "x".repeat(300));
            words.add(word.repeat(40));
        }
        for (String part : PARTS) {
            for (int length = 60; length <= 260; length++) {
                words.add(part.repeat(length));
            }
        }
        words.remove("");
        Set<Key> keys = new HashSet<>();
        Set<String> shown = new HashSet<>();
        for (String word : words) {
            Key key = Key.of(Scope.USER, word);
            keys.add(key);
            shown.add(key.value());
        }
        assertThat(words).hasSizeGreaterThan(8000);
        assertThat(keys).hasSameSizeAs(words);
        assertThat(shown).hasSameSizeAs(words);
    }

    /** Tenant and user side by side: no pair reads like another, whatever stands at the border. */
    @Test
    void pairsOfTenantAndUser_areIdentitiesOfTheirOwn() {
        List<String> names = new ArrayList<>();
        for (String a : PARTS) {
            for (String b : PARTS) {
                names.add(a + b);
            }
        }
        List<String> distinct =
                names.stream().filter(name -> !name.isBlank()).distinct().toList();
        Set<Identity> identities = new HashSet<>();
        for (String tenant : distinct) {
            for (String user : distinct) {
                identities.add(Identity.of(tenant, user));
            }
            identities.add(Identity.of(tenant, null));
            identities.add(Identity.of(null, tenant));
        }
        assertThat(distinct).hasSizeGreaterThan(500);
        assertThat(identities).hasSize(distinct.size() * (distinct.size() + 2));
    }

    @Test
    void randomNames_areOneKeyOnlyIfTheyAreOneName() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("KeyWordsTest: -Dweir.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < CASES; i++) {
            String one = name(random);
            KeyProperties.check(one, random.nextInt(4) == 0 ? one : name(random));
            KeyProperties.check(one, one + PARTS.get(random.nextInt(PARTS.size())));
        }
    }

    private static String name(SplittableRandom random) {
        StringBuilder name = new StringBuilder();
        for (int n = random.nextInt(4); n >= 0; n--) {
            name.append(PARTS.get(random.nextInt(PARTS.size())).repeat(random.nextInt(10) == 0 ? 90 : 1));
        }
        return name.toString();
    }
}
