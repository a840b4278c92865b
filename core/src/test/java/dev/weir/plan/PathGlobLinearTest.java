// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.ThreadUse;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

/** Patterns against a table that cannot be wrong, and against paths that are made to take long. */
class PathGlobLinearTest {

    private static final int CASES = 150_000;
    private static final int ROUNDS = 9;
    private static final int SHORT = 1 << 13;
    private static final int GROWTH = 8;

    private static volatile boolean sink;

    @Test
    void randomPattern_matchesWhatThePlainestMatcherMatches() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("PathGlobLinearTest: -Dweir.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int matched = 0;
        for (int i = 0; i < CASES; i++) {
            String pattern = "/" + words(random, List.of("a", "b", "/", "*", "/**", "/**/", "/*", "ab", ".", "\u00e9"));
            String path = "/" + words(random, List.of("a", "b", "/", "ab", "*", ".", "//", "\u00e9", "\0"));
            matched += PathGlobProperties.check(pattern, path) ? 1 : 0;
        }
        assertThat(matched).as("seed %d", seed).isBetween(CASES / 50, CASES * 9 / 10);
    }

    private static String words(SplittableRandom random, List<String> words) {
        StringBuilder text = new StringBuilder();
        for (int n = random.nextInt(8); n > 0; n--) {
            text.append(words.get(random.nextInt(words.size())));
        }
        return text.toString();
    }

    /** A path eight times as long may take a little more than eight times as long, never 64 times. */
    @Test
    void worstCases_takeTimeInProportionToThePath() throws ReflectiveOperationException {
        List<String> patterns = List.of(
                "/**/a/a/a/a/a/a/a/a/a/a/b",
                "/**/a".repeat(60) + "/b",
                "/" + "*a".repeat(60) + "b",
                "/**" + "/*a*a*b".repeat(20),
                "/**/*".repeat(60) + "/b",
                "/**/x*/**/y*");
        List<IntFunction<String>> paths = List.of(
                length -> "/a".repeat(length / 2),
                length -> "/" + "a".repeat(length - 1),
                length -> "/".repeat(length),
                length -> "/x/".repeat(length / 3));
        for (String pattern : patterns) {
            PathGlob glob = PathGlob.of(pattern);
            for (IntFunction<String> path : paths) {
                String shorter = path.apply(SHORT);
                nanos(glob, shorter);
                long once = nanos(glob, shorter);
                long more = nanos(glob, path.apply(SHORT * GROWTH));
                assertThat((double) more / Math.max(once, 20_000))
                        .as("%s on %s...", pattern, shorter.substring(0, 8))
                        .isLessThan(GROWTH * 4.0);
            }
        }
        assertThat(sink).as("the last pattern on the last path").isFalse();
    }

    /** The least of several rounds, in time of the processor, because others use this machine too. */
    private static long nanos(PathGlob glob, String path) throws ReflectiveOperationException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < ROUNDS; i++) {
            long before = ThreadUse.processorNanos();
            sink = glob.matches(path);
            least = Math.min(least, ThreadUse.processorNanos() - before);
        }
        return least;
    }
}
