// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathGlobTest {

    private static final int CASES = 200_000;

    @ParameterizedTest
    @CsvSource({
        "/, /, true",
        "/, /a, false",
        "/**, /, true",
        "/**, /a/b/c, true",
        "/api/**, /api, true",
        "/api/**, /api/, true",
        "/api/**, /api/a, true",
        "/api/**, /api/a/b/c/, true",
        "/api/**, /apis, false",
        "/api/**, /API/a, false",
        "/api/**, /x/api/a, false",
        "/login, /login, true",
        "/login, /login/, true",
        "/login/, /login, true",
        "/login/, /login/, true",
        "/login, /login/x, false",
        "/login, /Login, false",
        "/*, /a, true",
        "/*, /a/b, false",
        "/*, /, false",
        "/a/*/c, /a/b/c, true",
        "/a/*/c, /a//c, true",
        "/a/*/c, /a/b/b/c, false",
        "/*.json, /x.json, true",
        "/*.json, /.json, true",
        "/*.json, /x.jsonl, false",
        "/**/*.json, /x.json, true",
        "/**/*.json, /a/b/x.json, true",
        "/**/b/**, /a/b, true",
        "/**/b/**, /b, true",
        "/**/b/**, /a/c, false",
        "/**/a/*/b, /a/a/x/b, true",
        "/**/a/**/b/**, /x/a/b/y, true",
        "/a*b*c, /abbbcc, true",
        "/a*b*c, /abbbcd, false",
        "/user/*/edit, /user/käthe/edit, true",
        "/a.c, /abc, false",
        "/a+, /aa, false",
        "/(a|b), /a, false",
        "/[ab], /a, false",
        "/a?, /ab, false"
    })
    void matches_table(String pattern, String path, boolean matches) {
        assertThat(PathGlob.of(pattern).matches(path)).isEqualTo(matches);
        assertThat(PathGlob.of(pattern)).hasToString(pattern);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a**", "/**a", "/***", "/a/**.json", "/a/x**y/b"})
    void doubleStar_mustBeAWholeSegment(String pattern) {
        assertThatThrownBy(() -> PathGlob.of(pattern))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("** must be a whole segment, as in /api/**, but was \"");
    }

    @Test
    void patternWithoutSlashInFront_isRefused() {
        for (String pattern : List.of("", "api", "**", " /api", "*")) {
            assertThatThrownBy(() -> PathGlob.of(pattern))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("a path must begin with a slash but was \"" + pattern + "\"");
        }
    }

    @Test
    void longPattern_isRefused() {
        assertThat(PathGlob.of("/" + "a".repeat(511)).matches("/" + "a".repeat(511)))
                .isTrue();
        assertThatThrownBy(() -> PathGlob.of("/" + "a".repeat(512)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a path must have at most 512 characters but had 513");
    }

    @Test
    void matcher_agreesWithRegularExpressions() {
        long seed = System.nanoTime();
        System.out.println("PathGlobTest seed " + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int matched = 0;
        for (int i = 0; i < CASES / 20; i++) {
            String pattern = words(random, List.of("/a", "/b", "/*", "/**", "/a*", "/*b", "/ab", "/*a*b"), 6);
            pattern = pattern.isEmpty() ? "/" : pattern + (random.nextInt(8) == 0 ? "/" : "");
            PathGlob glob = PathGlob.of(pattern);
            Pattern regex = regex(pattern);
            for (int j = 0; j < 20; j++) {
                String path = "/" + words(random, List.of("a", "b", "/", "ab", "ba"), 7);
                boolean expected = regex.matcher(normal(path)).matches();
                assertThat(glob.matches(path))
                        .as("seed %d: %s on %s", seed, pattern, path)
                        .isEqualTo(expected);
                matched += expected ? 1 : 0;
            }
        }
        assertThat(matched).isBetween(CASES / 20, CASES * 19 / 20);
    }

    private static String words(SplittableRandom random, List<String> words, int most) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(most + 1); n > 0; n--) {
            text.append(words.get(random.nextInt(words.size())));
        }
        return text.toString();
    }

    /** The path without what slashes at its end add: every segment begins with a slash. */
    private static String normal(String path) {
        String text = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** The naive translation, segment by segment. */
    private static Pattern regex(String pattern) {
        List<String> segments = new ArrayList<>(List.of(pattern.substring(1).split("/", -1)));
        segments.removeIf(String::isEmpty);
        StringBuilder regex = new StringBuilder();
        for (String segment : segments) {
            regex.append(segment.equals("**") ? "(?:/[^/]*)*" : "/" + segment.replace("*", "[^/]*"));
        }
        return Pattern.compile(regex.toString());
    }

    /** The bound is pattern times path, 4 million steps; one that looked back would need longer than the universe has. */
    @Test
    void worstCases_finish() {
        String manySegments = "/a".repeat(4096);
        String longSegment = "/" + "a".repeat(8191);
        List<String> patterns = List.of(
                "/**/a".repeat(102) + "/b",
                "/**/a/a/a/a/a/a/a/a/a/a/b",
                "/" + "*a".repeat(255),
                "/" + "*a".repeat(254) + "b",
                "/**" + "/*a*a*a*b".repeat(50),
                "/**/*".repeat(100) + "/b");
        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            for (String pattern : patterns) {
                PathGlob glob = PathGlob.of(pattern);
                assertThat(glob.matches(manySegments)).isFalse();
                glob.matches(longSegment);
            }
        });
    }
}
