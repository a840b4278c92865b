// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

/** One way to decide whether a caller may go on; callers are known by their index among the names that it was opened with. */
interface Subject extends AutoCloseable {

    /** {@link #entries} of a subject that does not tell. */
    long UNTOLD = -1;

    /**
     * Decides once, the way an application would. The answer is an object that escapes, as it would there, so that the
     * compiler cannot leave work out.
     *
     * @param caller the index of the caller's name
     * @return the answer
     */
    Object take(int caller);

    /**
     * Reads an answer.
     *
     * @param answer what {@link #take} returned
     * @return whether the caller may go on
     */
    default boolean isAdmitted(Object answer) {
        return (Boolean) answer;
    }

    /** {@return how many entries its table has, or {@link #UNTOLD}} */
    long entries();

    @Override
    default void close() {}
}
