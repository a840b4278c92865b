// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Random names of rules and random numbers of stores: the headers stay well-formed, and no odd name gets into them. */
class HeaderWriterTest {

    private static final int CASES = 3_000;
    private static final String CHARACTERS = "abzAZ09._-._-\"\\;,= \t\r\n\0{}\u007f\u0085\u00e9\u2028\ud800";

    @Test
    void randomNamesAndNumbers_makeWellFormedFields() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("HeaderWriterTest: -Dweir.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        int written = 0;
        for (int i = 0; i < CASES; i++) {
            written += HeaderProperties.check(name(random), number(random), number(random), number(random)) ? 1 : 0;
        }
        assertThat(written).as("seed %d", seed).isBetween(CASES / 4, CASES * 9 / 10);
    }

    private static String name(SplittableRandom random) {
        int kinds = random.nextInt(2) == 0 ? CHARACTERS.indexOf('"') : CHARACTERS.length();
        StringBuilder name = new StringBuilder();
        for (int n = random.nextInt(12); n > 0; n--) {
            name.append(CHARACTERS.charAt(random.nextInt(kinds)));
        }
        return name.toString();
    }

    private static long number(SplittableRandom random) {
        return random.nextInt(8) == 0 ? Long.MAX_VALUE : random.nextLong() >>> random.nextInt(1, 64);
    }
}
