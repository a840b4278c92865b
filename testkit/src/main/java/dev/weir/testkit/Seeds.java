// SPDX-License-Identifier: Apache-2.0
package dev.weir.testkit;

import java.util.concurrent.ThreadLocalRandom;

/** Where random tests begin: printed, so that one that failed can be had again with {@code -Dweir.seed}. */
final class Seeds {

    private Seeds() {}

    static long next(String test) {
        long seed = Long.getLong("weir.seed", ThreadLocalRandom.current().nextLong());
        System.out.println(test + ": seed " + seed);
        return seed;
    }
}
