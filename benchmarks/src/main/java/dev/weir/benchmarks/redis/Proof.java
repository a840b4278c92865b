// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

/** Shows that a subject does its work before anybody believes how fast it does it. */
final class Proof {

    private static final int TRIES = 8;

    private Proof() {}

    /**
     * Exhausts two callers of a small subject of its own, and sees that each is admitted as often as he may be, and refused
     * from then on.
     *
     * @throws IllegalStateException if it admits too few, too many, or confuses callers
     */
    static void of(Kind kind, Site site) {
        try (Subject subject = kind.open(site.within("-proof"), Load.SCARCE, Site.names(2))) {
            exhaust(kind, subject);
        }
    }

    static void exhaust(Kind kind, Subject subject) {
        // The floor only reads.
        long expected = kind == Kind.GET ? TRIES : Load.SCARCE.capacity();
        for (int caller = 0; caller < 2; caller++) {
            subject.prepare(caller);
            int admitted = 0;
            boolean last = false;
            for (int i = 0; i < TRIES; i++) {
                last = subject.take(caller);
                admitted += last ? 1 : 0;
            }
            if (admitted != expected || last != (kind == Kind.GET)) {
                throw new IllegalStateException(kind + " admitted " + admitted + " and not " + expected);
            }
        }
        subject.check();
    }

    /** Lets a caller come for the first time, or until he is refused. */
    static void introduce(Kind kind, Subject subject, int caller) {
        subject.prepare(caller);
        for (int i = 0; kind.refuses() && i < Load.SCARCE.capacity(); i++) {
            subject.take(caller);
        }
        answers(kind, subject.take(caller));
    }

    /**
     * Sees that a caller was answered as he should be.
     *
     * @throws IllegalStateException if he was not
     */
    static void answers(Kind kind, boolean admitted) {
        if (admitted == kind.refuses()) {
            throw new IllegalStateException(kind + (admitted ? " admitted" : " refused") + " a caller");
        }
    }
}
