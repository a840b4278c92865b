// SPDX-License-Identifier: Apache-2.0
package dev.weir;

/** Tells which failures no limiter may swallow. */
final class Fatal {

    private Fatal() {}

    /** Throws it on if the JVM itself is failing; a stack overflow is a fault of the code that was called. */
    static void rethrow(Throwable thrown) {
        if (thrown instanceof VirtualMachineError error && !(thrown instanceof StackOverflowError)) {
            throw error;
        }
    }
}
