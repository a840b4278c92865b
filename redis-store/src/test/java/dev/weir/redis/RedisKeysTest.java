// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.ItemKey;
import dev.weir.store.ItemKind;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RedisKeysTest {

    private static final Key ACME = Key.of(Scope.TENANT, "acme");
    private static final Key FRED = Key.of(Scope.USER, "fred");

    private final RedisKeys keys = RedisKeys.of("shop", "secret");

    private static ItemKey bucket(String rule, Key within, Key per) {
        return new ItemKey(ItemKind.BUCKET, rule, within, per);
    }

    private static String text(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    private static String tag(byte[] key) {
        return text(key).replaceAll(".*\\{(.*)\\}.*", "$1");
    }

    @Test
    void key_isNamespaceTagRuleAndDigest() {
        assertThat(text(keys.of(bucket("api", null, FRED))))
                .matches("shop:\\{[A-Za-z0-9_-]{22}\\}:api:[A-Za-z0-9_-]{22}");
    }

    /** So that what one request asks lies in one slot of a cluster. */
    @Test
    void userWithinTenant_isTaggedByTheTenant() {
        String ofTenant = tag(keys.of(bucket("api", null, ACME)));
        assertThat(tag(keys.of(bucket("tenant-user", ACME, FRED)))).isEqualTo(ofTenant);
        assertThat(tag(keys.of(bucket("api", null, FRED)))).isNotEqualTo(ofTenant);
    }

    /** What applications that share a store must agree on may not change by accident. */
    @Test
    void digests_areThoseOfEveryOtherVersion() {
        assertThat(text(keys.of(bucket("tenant-user", ACME, FRED)))).isEqualTo(GOLDEN);
    }

    private static final String GOLDEN = "shop:{JjNElcwmfzVK4VbvBa_ROw}:tenant-user:4hDzwJVlWywD7e68MkLS0Q";

    @Test
    void names_areNotInTheKey() {
        assertThat(text(keys.of(bucket("api", ACME, FRED))))
                .doesNotContain("acme")
                .doesNotContain("fred");
    }

    @Test
    void secretNamespaceRuleKindScopeAndValue_allTellKeysApart() {
        Set<String> texts = new HashSet<>();
        int all = 0;
        for (RedisKeys each :
                List.of(keys, RedisKeys.of("shop", "other"), RedisKeys.of("shop", null), RedisKeys.of("s", null))) {
            for (String rule : List.of("api", "login")) {
                for (ItemKind kind : ItemKind.values()) {
                    for (Key within : new Key[] {null, ACME, Key.of(Scope.TENANT, "acm")}) {
                        for (Key per :
                                List.of(FRED, Key.of(Scope.IP, "fred"), Key.of(Scope.USER, "efred"), Key.EVERYONE)) {
                            texts.add(text(each.of(new ItemKey(kind, rule, within, per))));
                            all++;
                        }
                    }
                }
            }
        }
        assertThat(texts).hasSize(all);
    }

    /** Lengths stand before the parts, so nothing can be moved from one into the next. */
    @Test
    void hostileNames_haveKeysOfTheirOwn() {
        List<String> words = List.of(
                "a", "b", "ab", ":", "{", "}", "a:", ":a", "\0", "a\0", "\uD800", "\uDC00", "a:b", "a}", "user");
        Set<String> texts = new HashSet<>();
        for (String tenant : words) {
            for (String user : words) {
                texts.add(text(keys.of(bucket("api", Key.of(Scope.TENANT, tenant), Key.of(Scope.USER, user)))));
            }
        }
        assertThat(texts).hasSize(words.size() * words.size());
    }

    /** More callers than are remembered, twice. */
    @Test
    void key_isTheSameWhenItIsRememberedNoMore() {
        List<String> first = someKeys();
        assertThat(someKeys()).isEqualTo(first);
        assertThat(new HashSet<>(first)).hasSize(first.size());
    }

    private List<String> someKeys() {
        return java.util.stream.IntStream.range(0, 40_000)
                .mapToObj(i -> text(keys.of(bucket("api", null, Key.of(Scope.USER, "user" + i)))))
                .toList();
    }

    @Test
    void namespaceThatCouldBeTakenApart_isRefused() {
        for (String namespace : List.of("", "a b", "a{b}", "a:b", "a\n", "ä")) {
            assertThatThrownBy(() -> RedisKeys.of(namespace, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("namespace must be");
        }
    }

    @Test
    void text_doesNotTellTheSecret() {
        assertThat(keys).hasToString("RedisKeys[shop]");
    }
}
