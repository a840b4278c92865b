// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

    @Test
    void values_areReadAsTheyAreWritten() {
        Map<String, Object> read = JsonReader.object(
                " {\"a\" : 1, \"b\":[true, false ,null,-2.5e1,[]], \"c\":{\"d\":\"x\\\"\\\\\\/\\n\\u00e9\\ud83d\\udd12\"},\"e\":{}} ");
        assertThat(read).containsEntry("a", 1L).containsEntry("e", Map.of());
        assertThat(read.get("b")).hasToString("[true, false, null, -25.0, []]");
        assertThat(read.get("c")).isEqualTo(Map.of("d", "x\"\\/\n\u00e9\uD83D\uDD12"));
        assertThat(JsonReader.object(Json.text(Map.of("k", "\u0001\"\\\u2028"))))
                .containsEntry("k", "\u0001\"\\\u2028");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "1",
                "null",
                "{",
                "{\"a\"",
                "{\"a\":",
                "{\"a\":1",
                "{\"a\":1,}",
                "{,}",
                "{a:1}",
                "{\"a\":01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":.5}",
                "{\"a\":1e}",
                "{\"a\":tru}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\\x\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"",
                "{\"a\":[1,]}",
                "{\"a\":[1 2]}",
                "{\"a\":1}x",
                "{\"a\":1,\"a\":2}",
                "{\"a\":NaN}",
                "{'a':1}",
                "{\"a\":--1}"
            })
    void anythingElse_isRefused(String text) {
        assertThatThrownBy(() -> JsonReader.object(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at character");
    }

    @Test
    void depth_isBounded() {
        String deep = "{\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
        assertThatThrownBy(() -> JsonReader.object(deep)).hasMessageContaining("less depth");
    }

    @Test
    void randomText_isReadOrRefused() {
        SplittableRandom random = new SplittableRandom(20261126);
        String alphabet = "{}[]\",:\\u0123tfn.eE- ";
        for (int run = 0; run < 50_000; run++) {
            StringBuilder text = new StringBuilder("{\"a\":");
            for (int i = random.nextInt(20); i > 0; i--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(JsonReader.object(text.toString())).isNotEmpty();
            } catch (IllegalArgumentException expected) {
                assertThat(expected).hasMessageContaining("at character");
            }
        }
    }
}
