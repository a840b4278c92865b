// SPDX-License-Identifier: Apache-2.0
package dev.weir;

/** Tells which failures no limiter may swallow. */
final class Fatal {

    private Fatal() {}

    /**
     * Tells whether the JVM itself is failing, or somebody has stopped this thread; a stack overflow is a fault of the code
     * that was called. ThreadDeath is known by its name, because a later JDK is to have no such class.
     */
    static boolean isFatal(Throwable thrown) {
        return (thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError))
                || thrown.getClass().getName().equals("java.lang.ThreadDeath");
    }

    /** Throws it on if no limiter may swallow it. */
    static void rethrow(Throwable thrown) {
        if (isFatal(thrown)) {
            throw (Error) thrown;
        }
    }
}
