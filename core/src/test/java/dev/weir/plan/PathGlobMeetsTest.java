// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whether two patterns, or two rules, are ever meant for the same request. */
class PathGlobMeetsTest {

    private static final int CASES = 3_000;
    private static final int MOST_SEGMENTS = 4;
    private static final String[] SEGMENTS = {"a", "b", "ab", "*", "a*", "*b", "**"};
    private static final String[] WORDS = {"a", "b", "ab", "aab", "ba"};

    @ParameterizedTest
    @CsvSource({
        "/**, /api, true",
        "/api/**, /api, true",
        "/api/**, /login, false",
        "/api/**, /apis/**, false",
        "/api/v1/**, /api/v2/**, false",
        "/api/*/items, /api/v1/**, true",
        "/api/*/items, /api/v1/users, false",
        "/api/*, /api/a/b, false",
        "/login/, /login, true",
        "/**/edit, /**/view, false",
        "/**/edit, /docs/**, true",
        "/a*, /*b, true",
        "/a*c, /b*, false",
        "/, /**, true",
        "/, /*, false"
    })
    void patterns_meetWhereOnePathMatchesBoth(String one, String other, boolean expected) {
        assertThat(PathGlob.of(one).meets(PathGlob.of(other))).isEqualTo(expected);
        assertThat(PathGlob.of(other).meets(PathGlob.of(one))).isEqualTo(expected);
    }

    /** Beside all paths of few words: that none matches both, nobody says where one does, and the other way round. */
    @Test
    void patterns_areToldApartAsAllPathsTell() {
        long seed = Long.getLong("weir.seed", ThreadLocalRandom.current().nextLong());
        SplittableRandom random = new SplittableRandom(seed);
        List<String> paths = new ArrayList<>(List.of("/"));
        for (int from = 0, segments = 0; segments < MOST_SEGMENTS; segments++) {
            int to = paths.size();
            for (; from < to; from++) {
                for (String word : WORDS) {
                    paths.add((from == 0 ? "" : paths.get(from)) + "/" + word);
                }
            }
        }
        int meeting = 0;
        for (int i = 0; i < CASES; i++) {
            PathGlob one = pattern(random);
            PathGlob other = pattern(random);
            boolean expected = paths.stream().anyMatch(path -> one.matches(path) && other.matches(path));
            assertThat(one.meets(other))
                    .as("%s and %s from seed %d", one, other, seed)
                    .isEqualTo(expected);
            meeting += expected ? 1 : 0;
        }
        assertThat(meeting).as("cases of both kinds").isBetween(CASES / 20, CASES - CASES / 20);
    }

    /** So short that where two meet, they do so on a path of few segments. */
    private static PathGlob pattern(SplittableRandom random) {
        StringBuilder text = new StringBuilder();
        int segments = 1 + random.nextInt(2);
        for (int i = 0; i < segments; i++) {
            text.append('/').append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
        }
        return PathGlob.of(text.toString());
    }

    @Test
    void patterns_ofTheGreatestLengthAreToldApart() {
        PathGlob one = PathGlob.of("/*a".repeat(170));
        PathGlob other = PathGlob.of("/**/b".repeat(100));
        assertThat(one.meets(other)).isFalse();
        assertThat(one.meets(PathGlob.of("/**/aa".repeat(80)))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"GET, POST, false", "GET, GET, true", "GET, HEAD, true", "HEAD, GET, true", "HEAD, POST, false"})
    void rules_meetWhereTheirMethodsDo(String one, String other, boolean expected) {
        Rule first = rule(Set.of(one), "/**");
        Rule second = rule(Set.of(other), "/api");
        assertThat(first.meets(second)).isEqualTo(expected);
        assertThat(second.meets(first)).isEqualTo(expected);
        assertThat(first.meets(rule(Set.of(), "/api"))).isTrue();
        assertThat(rule(Set.of(), "/login").meets(rule(Set.of(other), "/api"))).isFalse();
    }

    private static Rule rule(Set<String> methods, String path) {
        return Rule.named("r")
                .methods(methods)
                .path(path)
                .rate(List.of(Quota.perMinute(1)))
                .build();
    }
}
