// SPDX-License-Identifier: Apache-2.0
package dev.weir.servlet;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What a filter says of requests and responses that are out of order, which is no reason to fail: the first complaint is
 * logged, the others are not. Thread-safe.
 */
final class Complaints {

    private static final Logger LOG = System.getLogger(RateLimitFilter.class.getName());

    private final AtomicBoolean complained = new AtomicBoolean();

    /** Throws on what no filter may swallow; a JDK may have no class ThreadDeath any more. */
    static void rethrowIfFatal(Throwable cause) {
        boolean failing = cause instanceof VirtualMachineError && !(cause instanceof StackOverflowError);
        if (failing || cause.getClass().getName().equals("java.lang.ThreadDeath")) {
            throw (Error) cause;
        }
    }

    /** Its text may hold what the caller has sent, so only its type and place are logged. */
    void addUnlessFatal(String problem, Throwable cause) {
        rethrowIfFatal(cause);
        StackTraceElement[] stack = cause.getStackTrace();
        add(problem + " " + cause.getClass().getName() + (stack.length == 0 ? "" : " at " + stack[0]));
    }

    void add(String problem) {
        if (complained.compareAndSet(false, true)) {
            LOG.log(Level.WARNING, problem + " (This is logged once.)");
        }
    }
}
