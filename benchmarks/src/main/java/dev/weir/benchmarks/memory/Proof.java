// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

/** Shows that a subject does its work before anybody believes how fast it does it. */
final class Proof {

    private static final int PATIENCE = 20;
    private static final int FIRST = 10_000_000;

    private Proof() {}

    /** {@return so many names, alike in length} */
    static String[] names(int count) {
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = "user-" + (FIRST + i);
        }
        return names;
    }

    /**
     * Exhausts one caller of a small subject of its own and sees that he, and nobody else, is refused.
     *
     * @throws IllegalStateException if the subject admits too few, too many, or confuses callers
     */
    static void of(Kind kind) {
        if (kind.buckets() == 0) {
            return;
        }
        try (Subject subject = kind.open(names(2), Load.SCARCE)) {
            exhaust(kind, subject);
        }
    }

    static void exhaust(Kind kind, Subject subject) {
        // Guava gives one at a time where others give a burst.
        long expected = kind == Kind.GUAVA ? 1 : Load.SCARCE.capacity();
        for (int caller = 0; caller < 2; caller++) {
            int admitted = 0;
            for (int i = 0; i < PATIENCE; i++) {
                admitted += subject.isAdmitted(subject.take(caller)) ? 1 : 0;
            }
            check(admitted == expected, kind + " admitted " + admitted + " and not " + expected);
        }
        long entries = subject.entries();
        check(entries == Subject.UNTOLD || entries == 2L * kind.buckets(), kind + " has " + entries + " entries");
    }

    /**
     * Lets every caller come once, or until he is refused.
     *
     * @throws IllegalStateException if somebody is not answered as he should be, or has no entry of his own afterwards
     */
    static void fill(Kind kind, Subject subject, int callers, boolean refused) {
        for (int caller = 0; caller < callers; caller++) {
            for (int i = 0; refused && i < Load.SCARCE.capacity(); i++) {
                subject.take(caller);
            }
            answers(kind, subject, caller, refused);
        }
        long entries = subject.entries();
        check(
                kind.buckets() == 0 || entries == Subject.UNTOLD || entries == (long) callers * kind.buckets(),
                kind + " has " + entries + " entries for " + callers + " callers");
    }

    /**
     * Sees that a caller is answered as he should be.
     *
     * @throws IllegalStateException if he is not
     */
    static void answers(Kind kind, Subject subject, int caller, boolean refused) {
        Object answer = subject.take(caller);
        check(
                kind.buckets() == 0 || subject.isAdmitted(answer) != refused,
                kind + " answers " + answer + " to caller " + caller);
    }

    private static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new IllegalStateException(otherwise);
        }
    }
}
