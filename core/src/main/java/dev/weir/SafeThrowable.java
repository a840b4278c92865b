// SPDX-License-Identifier: Apache-2.0
package dev.weir;

import org.jspecify.annotations.Nullable;

/**
 * What somebody else threw, safe to log: its stack as it was, its text with control characters escaped, because it may
 * hold what a caller has sent.
 */
final class SafeThrowable extends Exception {

    private static final long serialVersionUID = 1;
    private static final int MAX_DEPTH = 5;
    private static final int MAX_LENGTH = 500;

    private SafeThrowable(String text, @Nullable Throwable cause) {
        super(text, cause, false, true);
    }

    static @Nullable Throwable of(@Nullable Throwable thrown) {
        return of(thrown, 0);
    }

    private static @Nullable Throwable of(@Nullable Throwable thrown, int depth) {
        if (thrown == null || depth == MAX_DEPTH) {
            return null;
        }
        SafeThrowable safe = new SafeThrowable(escape(textOf(thrown)), of(thrown.getCause(), depth + 1));
        StackTraceElement[] stack = thrown.getStackTrace();
        safe.setStackTrace(java.util.Arrays.copyOf(stack, Math.min(stack.length, 30)));
        return safe;
    }

    /** A message may be computed by code that throws too. */
    private static String textOf(Throwable thrown) {
        try {
            return String.valueOf(thrown);
        } catch (Throwable e) {
            Fatal.rethrow(e);
            return thrown.getClass().getName();
        }
    }

    static String escape(String text) {
        StringBuilder escaped = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), MAX_LENGTH); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                escaped.append(String.format("\\u%04x", (int) c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }
}
