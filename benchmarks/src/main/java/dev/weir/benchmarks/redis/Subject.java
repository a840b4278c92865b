// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

/** One way to ask a Redis server whether a caller may go on; callers are known by their index. Thread-safe. */
interface Subject extends AutoCloseable {

    /**
     * Does what must be done for a caller before he comes for the first time.
     *
     * @param caller the caller's index
     */
    default void prepare(int caller) {}

    /**
     * Decides once, and waits for the answer.
     *
     * @param caller the caller's index
     * @return whether the caller may go on
     */
    boolean take(int caller);

    /**
     * Sees that its answers were what they seem.
     *
     * @throws IllegalStateException if they were not
     */
    default void check() {}

    @Override
    void close();
}
