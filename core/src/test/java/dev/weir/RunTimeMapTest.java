// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import dev.weir.store.VersionedMap;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is set at run time, with a shared map that comes and goes. */
class RunTimeMapTest {

    private static final Key BOB = Key.of(Scope.USER, "bob");
    private static final Key EVE = Key.of(Scope.USER, "eve");
    private static final Key ACME = Key.of(Scope.TENANT, "acme");

    private final FakeTime time = new FakeTime();
    private final FakeMap shared = new FakeMap();
    private final RunTimeMap<String> here = on(shared);
    private final RunTimeMap<String> there = on(shared);

    private RunTimeMap<String> on(VersionedMap map) {
        return new RunTimeMap<>(map, Function.identity(), RunTimeMapTest::read, time, new Complaints(time));
    }

    private static String read(String text) {
        if (text.startsWith("garbage")) {
            throw new IllegalArgumentException("garbage");
        }
        return text;
    }

    private static @Nullable String valueOf(RunTimeMap<String> map, Key per) {
        RunTimeMap.Entry<String> entry = map.find(null, per);
        return entry == null ? null : entry.value();
    }

    @Test
    void entry_countsHereAtOnce_andThereAfterTheNextPoll() {
        assertThat(here.isUntouched()).isTrue();
        assertThat(here.put(null, BOB, "a", null)).isTrue();
        assertThat(valueOf(here, BOB)).isEqualTo("a");
        assertThat(valueOf(there, BOB)).isNull();
        there.poll();
        assertThat(valueOf(there, BOB)).isEqualTo("a");
        assertThat(valueOf(there, EVE)).isNull();
        there.put(null, BOB, null, null);
        assertThat(valueOf(there, BOB)).isNull();
        assertThat(valueOf(here, BOB)).isEqualTo("a");
        here.poll();
        assertThat(valueOf(here, BOB)).isNull();
        assertThat(here.lastRemoval()).isEqualTo(2);
    }

    @Test
    void partsOfAName_areKeptApart() {
        RunTimeMap<String> memory = on(new LocalMap(time));
        memory.put(ACME, BOB, "in acme", null);
        memory.put(null, ACME, "tenant", null);
        memory.put(null, Key.of(Scope.USER, "acme"), "user", null);
        assertThat(memory.find(ACME, BOB).value()).isEqualTo("in acme");
        assertThat(memory.find(null, BOB)).isNull();
        assertThat(valueOf(memory, ACME)).isEqualTo("tenant");
        assertThat(valueOf(memory, Key.of(Scope.USER, "acme"))).isEqualTo("user");
    }

    @Test
    void versions_growWithEveryChange() {
        here.put(null, BOB, "a", null);
        here.put(null, EVE, "b", null);
        here.put(null, BOB, "c", null);
        assertThat(here.find(null, EVE).version()).isEqualTo(2);
        assertThat(here.find(null, BOB).version()).isEqualTo(3);
    }

    @Test
    void change_countsHereWhileTheStoreDoesNotAnswer_andIsSentLater() {
        here.put(null, EVE, "old", null);
        shared.answers = false;
        assertThat(here.put(null, BOB, "a", null)).isFalse();
        assertThat(here.put(null, EVE, null, null)).isFalse();
        assertThat(here.put(null, BOB, "b", Duration.ofSeconds(10))).isFalse();
        assertThat(valueOf(here, BOB)).isEqualTo("b");
        assertThat(valueOf(here, EVE)).isNull();
        assertThat(here.find(null, BOB).version()).isGreaterThan(1);
        time.advance(Duration.ofSeconds(4));
        here.poll();
        assertThat(valueOf(here, BOB)).isEqualTo("b");
        shared.answers = true;
        here.poll();
        there.poll();
        assertThat(valueOf(there, BOB)).isEqualTo("b");
        assertThat(valueOf(there, EVE)).isNull();
        assertThat(shared.puts).hasSize(3).last().asString().endsWith("=b 6000000000");
    }

    @Test
    void changeThatWasSentAndNotReadBack_counts() {
        VersionedMap deaf = new VersionedMap() {
            @Override
            public String nameOf(@Nullable Key within, Key per) {
                return shared.nameOf(within, per);
            }

            @Override
            public boolean put(String name, @Nullable String value, long lifeNanos, long deadlineNanos) {
                return shared.put(name, value, lifeNanos, deadlineNanos);
            }

            @Override
            public @Nullable Contents read(long knownVersion, long deadlineNanos) {
                return null;
            }
        };
        RunTimeMap<String> map = on(deaf);
        map.put(null, BOB, "a", null);
        assertThat(valueOf(map, BOB)).isEqualTo("a");
        map.put(null, EVE, "b", null);
        assertThat(valueOf(map, BOB)).as("still").isEqualTo("a");
        assertThat(shared.puts).as("each goes once").hasSize(2);
    }

    @Test
    void entryWithAnEnd_ends() {
        here.put(null, BOB, "a", Duration.ofSeconds(10));
        there.poll();
        time.advance(Duration.ofNanos(9_999_999_999L));
        assertThat(valueOf(here, BOB)).isEqualTo("a");
        assertThat(valueOf(there, BOB)).isEqualTo("a");
        time.advance(Duration.ofNanos(1));
        assertThat(valueOf(here, BOB)).isNull();
        assertThat(valueOf(there, BOB)).isNull();
    }

    @Test
    void entryThatCannotBeRead_isLeftOut_andTheOthersCount() {
        shared.put(shared.nameOf(null, BOB), "garbage", 0, 1);
        shared.put(shared.nameOf(null, EVE), "good", 0, 1);
        here.poll();
        assertThat(valueOf(here, BOB)).isNull();
        assertThat(valueOf(here, EVE)).isEqualTo("good");
    }

    @Test
    void fullMap_saysSo_andKeepsWhatWasThere() {
        here.put(null, EVE, "old", null);
        shared.full = true;
        assertThatThrownBy(() -> here.put(null, BOB, "a", null)).isInstanceOf(IllegalStateException.class);
        assertThat(valueOf(here, BOB)).isNull();
        assertThat(valueOf(here, EVE)).isEqualTo("old");
        shared.full = false;
        here.poll();
        assertThat(shared.puts).as("not sent again").hasSize(1);
    }

    @Test
    void memory_isBounded_butNotByWhatHasEnded() {
        LocalMap map = new LocalMap(time);
        RunTimeMap<String> memory = on(map);
        for (int i = 0; i < VersionedMap.MAX_ENTRIES; i++) {
            String name = map.nameOf(null, Key.of(Scope.USER, "u" + i));
            map.put(name, "x", i == 7 ? Duration.ofSeconds(1).toNanos() : 0, 1);
        }
        memory.poll();
        assertThatThrownBy(() -> memory.put(null, BOB, "a", null))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("10000")
                .hasMessageContaining("ProfileSource");
        memory.put(null, Key.of(Scope.USER, "u1"), "y", null);
        time.advance(Duration.ofSeconds(1));
        memory.put(null, BOB, "a", null);
        assertThat(valueOf(memory, BOB)).isEqualTo("a");
    }

    @Test
    void poll_readsNothingNewButTheVersion() {
        here.put(null, BOB, "a", null);
        RunTimeMap.Entry<String> before = here.find(null, BOB);
        here.poll();
        assertThat(here.find(null, BOB)).isSameAs(before);
    }
}
