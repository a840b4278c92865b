// SPDX-License-Identifier: Apache-2.0
package dev.weir;

/** Tells which failures no limiter may swallow. */
final class Fatal {

    private Fatal() {}

    /** Tells whether the JVM itself is failing; a stack overflow is a fault of the code that was called. */
    static boolean isFatal(Throwable thrown) {
        return thrown instanceof VirtualMachineError && !(thrown instanceof StackOverflowError);
    }

    /** Throws it on if the JVM itself is failing. */
    static void rethrow(Throwable thrown) {
        if (isFatal(thrown)) {
            throw (VirtualMachineError) thrown;
        }
    }
}
