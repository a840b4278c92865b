// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

/**
 * How much is measured. Immutable.
 *
 * @param forks how often all servers are started anew, because no two JVMs compile alike
 * @param passes how many windows each server of a fork gets
 * @param refusedPasses the same for one more fork, in which everything is refused; 0 for none
 * @param warmUp requests to each server before, and more while its compilers are busy
 * @param window requests in a window
 * @param seconds the time after which a fork takes no further pass, on a machine that is slow or busy
 */
record Effort(int forks, int passes, int refusedPasses, int warmUp, int window, int seconds) {

    /** About two minutes. */
    static final Effort QUICK = new Effort(2, 3, 0, 30_000, 10_000, 30);

    /** About fifteen. */
    static final Effort FULL = new Effort(6, 5, 5, 60_000, 20_000, 60);

    /** A fork that cannot keep up has measured everything as often at least. */
    static final int LEAST_PASSES = 2;
}
