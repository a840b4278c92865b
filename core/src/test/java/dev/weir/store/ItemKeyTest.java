// SPDX-License-Identifier: Apache-2.0
package dev.weir.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class ItemKeyTest {

    /** Words that would collide if parts were ever joined. */
    private static final List<String> WORDS =
            List.of("", ":", "|", "/", "a", "ab", "b", "tenant", "user:", "api", "sha256:", "\0");

    private static List<String> texts(int most) {
        Set<String> texts = new HashSet<>();
        for (String a : WORDS) {
            for (String b : WORDS) {
                for (String c : most == 3 ? WORDS : List.of("")) {
                    texts.add(a + b + c);
                }
            }
        }
        texts.remove("");
        return new ArrayList<>(texts);
    }

    @Test
    void everyMixOfParts_isAKeyOfItsOwn() {
        List<Key> pers = new ArrayList<>(List.of(Key.EVERYONE));
        List<Key> withins = new ArrayList<>();
        withins.add(null);
        for (String text : WORDS.subList(1, WORDS.size())) {
            pers.add(Key.of(Scope.USER, text));
            pers.add(Key.of(Scope.TENANT, text));
            withins.add(Key.of(Scope.TENANT, text));
            withins.add(Key.of(Scope.USER, text));
        }
        List<String> rules = texts(2);
        Set<ItemKey> keys = new HashSet<>();
        for (ItemKind kind : ItemKind.values()) {
            for (String rule : rules) {
                for (Key within : withins) {
                    pers.forEach(per -> keys.add(new ItemKey(kind, rule, within, per)));
                }
            }
        }
        assertThat(keys).hasSize(ItemKind.values().length * rules.size() * withins.size() * pers.size());
    }

    /** Parts of up to three words each, where the end of one part could be taken for the beginning of the next. */
    @Test
    void movedBorders_makeOtherKeys() {
        Set<ItemKey> keys = new HashSet<>();
        int made = 0;
        for (String text : texts(3)) {
            for (int border = 1; border < text.length(); border++) {
                Key per = Key.of(Scope.USER, text.substring(border));
                keys.add(new ItemKey(ItemKind.BUCKET, text.substring(0, border), null, per));
                keys.add(new ItemKey(ItemKind.BUCKET, "r", Key.of(Scope.TENANT, text.substring(0, border)), per));
                made += 2;
            }
        }
        assertThat(keys).hasSize(made);
    }

    @Test
    void order_isTotalAndAgreesWithEquals() {
        long seed = System.nanoTime();
        System.out.println("ItemKeyTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        List<ItemKey> sample = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            sample.add(random(random));
        }
        for (ItemKey a : sample) {
            for (ItemKey b : sample) {
                assertThat(a.compareTo(b) == 0).as("seed %d", seed).isEqualTo(a.equals(b));
                assertThat(Integer.signum(a.compareTo(b))).isEqualTo(-Integer.signum(b.compareTo(a)));
                assertThat(!a.equals(b) || a.hashCode() == b.hashCode()).isTrue();
                for (ItemKey c : sample) {
                    if (a.compareTo(b) <= 0 && b.compareTo(c) <= 0 && a.compareTo(c) > 0) {
                        throw new AssertionError("seed " + seed + ": not transitive: " + a + ", " + b + ", " + c);
                    }
                }
            }
        }
        assertThat(new TreeSet<>(sample)).hasSameSizeAs(new HashSet<>(sample));
    }

    /** "Aa" and "BB" have one hash code, so that the order must look at the parts. */
    private static ItemKey random(SplittableRandom random) {
        String[] words = {"Aa", "BB", "AaAa", "BBBB", "AaBB"};
        Scope[] scopes = {Scope.TENANT, Scope.USER, Scope.IP};
        Key within =
                random.nextInt(3) == 0 ? null : Key.of(scopes[random.nextInt(3)], words[random.nextInt(words.length)]);
        return new ItemKey(
                List.of(ItemKind.values()).get(random.nextInt(3)),
                words[random.nextInt(words.length)],
                within,
                Key.of(scopes[random.nextInt(3)], words[random.nextInt(words.length)]));
    }

    @Test
    void chargeItem_equalsItsPlainKeyAndTheOtherWayRound() {
        Key per = Key.of(Scope.USER, "carol");
        Key within = Key.of(Scope.TENANT, "acme");
        Limit limit = new LeaseLimit(2, 1);
        ChargeItem item = new ChargeItem(Action.TAKE, limit, "api", within, per, 1);
        ItemKey plain = item.plain();
        assertThat(plain).isExactlyInstanceOf(ItemKey.class).isEqualTo(item).hasSameHashCodeAs(item);
        assertThat(item.equals(plain)).isTrue();
        assertThat(item.compareTo(plain)).isZero();
        assertThat(plain.compareTo(item)).isZero();
        assertThat(plain.plain()).isSameAs(plain);
        assertThat(item).isEqualTo(new ChargeItem(Action.LOOK, new LeaseLimit(9, 9), "api", within, per, 1));
        assertThat(item).isNotEqualTo(new ChargeItem(Action.TAKE, limit, "api", null, per, 1));
        assertThat(item).isNotEqualTo(null).isNotEqualTo("api");
        assertThat(plain).hasToString("LEASE api of user carol within tenant acme");
    }
}
