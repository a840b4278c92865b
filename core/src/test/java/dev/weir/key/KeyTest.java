// SPDX-License-Identifier: Apache-2.0
package dev.weir.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KeyTest {

    private static final int DIGEST_LENGTH = "sha256:".length() + 43;

    /** Words that would collide if parts were ever joined. */
    static final List<String> WORDS =
            List.of("", ":", "|", "/", ",", "tenant", "user:", "a", "ab", "sha256:", "\0", " ", "%", "everyone");

    /** All texts of one to three such words. */
    static List<String> texts() {
        Set<String> texts = new HashSet<>();
        for (String a : WORDS) {
            for (String b : WORDS) {
                for (String c : WORDS) {
                    texts.add(a + b + c);
                }
            }
        }
        texts.remove("");
        return new ArrayList<>(texts);
    }

    @Test
    void value_upTo256Bytes_isKept() {
        for (String unit : List.of("a", "é", "字", "\uD83D\uDE00")) {
            int bytes = unit.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
            String fits = unit.repeat(256 / bytes);
            assertThat(Key.of(Scope.USER, fits).value()).isEqualTo(fits);
            assertThat(Key.of(Scope.USER, fits + unit).value())
                    .hasSize(DIGEST_LENGTH)
                    .startsWith("sha256:");
        }
    }

    @Test
    void value_ofAMebibyte_is50Characters() {
        Key key = Key.of(Scope.USER, "x".repeat(1 << 20));
        assertThat(key.value()).hasSize(DIGEST_LENGTH);
        assertThat(key).isEqualTo(Key.of(Scope.USER, "x".repeat(1 << 20)));
        assertThat(key).isNotEqualTo(Key.of(Scope.USER, "x".repeat((1 << 20) - 1) + "y"));
        assertThat(key).isNotEqualTo(Key.of(Scope.TENANT, "x".repeat(1 << 20)));
    }

    @Test
    void value_thatLooksLikeADigest_isNotTheDigest() {
        String longName = "x".repeat(1000);
        Key ofLong = Key.of(Scope.USER, longName);
        Key pretender = Key.of(Scope.USER, ofLong.value());
        assertThat(pretender).isNotEqualTo(ofLong);
        assertThat(pretender.value()).startsWith("sha256:").isNotEqualTo(ofLong.value());
        assertThat(Key.of(Scope.USER, pretender.value())).isNotIn(ofLong, pretender);
    }

    @Test
    void loneSurrogates_makeDifferentKeys() {
        String filler = "x".repeat(300);
        Set<Key> keys = new HashSet<>();
        for (String odd : List.of("\uD800", "\uD801", "\uDC00", "?", "\uFFFD", "\uD800\uDC00", "\uDC00\uD800")) {
            keys.add(Key.of(Scope.USER, odd));
            keys.add(Key.of(Scope.USER, filler + odd));
        }
        assertThat(keys).hasSize(14);
    }

    @Test
    void everyScopeAndText_isAKeyOfItsOwn() {
        List<String> texts = texts();
        Set<Key> keys = new HashSet<>();
        for (Scope scope : Scope.values()) {
            for (String text : texts) {
                keys.add(Key.of(scope, text));
            }
        }
        assertThat(texts).hasSizeGreaterThan(1000);
        assertThat(keys).hasSize(texts.size() * Scope.values().length);
    }

    @Test
    void equalParts_areEqualKeys() {
        for (String text : texts()) {
            Key key = Key.of(Scope.TENANT, text);
            Key same = Key.of(Scope.TENANT, String.valueOf(text.toCharArray()));
            assertThat(same).isEqualTo(key).hasSameHashCodeAs(key);
        }
        assertThat(Key.of(Scope.USER, "a")).isNotEqualTo(null).isNotEqualTo("user a");
    }

    /** "Aa" and "BB" have one hash code as strings, and so has every mix of them: whoever chooses names could fill one bin. */
    @Test
    void equalHashCodesOfStrings_areSpreadAsKeys() {
        List<String> names = List.of("");
        for (int i = 0; i < 10; i++) {
            names = names.stream()
                    .flatMap(name -> java.util.stream.Stream.of(name + "Aa", name + "BB"))
                    .toList();
        }
        Set<Key> keys = new HashSet<>();
        names.forEach(name -> keys.add(Key.of(Scope.USER, name)));
        assertThat(keys).hasSize(1024);
        assertThat(keys.stream().mapToInt(Key::hashCode).distinct().count()).isGreaterThan(keys.size() - 10);
    }

    /** A second loader has the class anew, as a second JVM would. */
    @Test
    void hashes_areOfThisJvmOnly() throws Exception {
        URL classes = Key.class.getProtectionDomain().getCodeSource().getLocation();
        try (URLClassLoader loader = new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader())) {
            Class<?> key = loader.loadClass(Key.class.getName());
            assertThat(key).isNotSameAs(Key.class);
            Class<?> scope = loader.loadClass(Scope.class.getName());
            Object fred = key.getMethod("of", scope, String.class)
                    .invoke(null, scope.getField("USER").get(null), "fred");
            assertThat(fred).hasToString(Key.of(Scope.USER, "fred").toString());
            Object everyone = key.getField("EVERYONE").get(null);
            assertThat(fred.hashCode() == Key.of(Scope.USER, "fred").hashCode()
                            && everyone.hashCode() == Key.EVERYONE.hashCode())
                    .as("whoever knows the hashes of one JVM knows those of another")
                    .isFalse();
        }
    }

    @Test
    void emptyValue_isRefused() {
        assertThatThrownBy(() -> Key.of(Scope.USER, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not be empty");
        assertThatThrownBy(() -> Key.of(null, "a")).isInstanceOf(NullPointerException.class);
    }

    @Test
    void toString_namesScopeAndValue() {
        assertThat(Key.of(Scope.TENANT, "acme")).hasToString("tenant acme");
        assertThat(Key.EVERYONE).hasToString("everyone");
        assertThat(Key.EVERYONE.value()).isEmpty();
    }
}
