// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

/** Ways in which code that the limiter calls can fail. */
enum Fault {
    RUNTIME_EXCEPTION {
        @Override
        Object happen(String text) {
            throw new IllegalStateException(text, new IllegalArgumentException(text));
        }
    },
    ASSERTION_ERROR {
        @Override
        Object happen(String text) {
            throw new AssertionError(text);
        }
    },
    LINKAGE_ERROR {
        @Override
        Object happen(String text) {
            throw new NoClassDefFoundError(text);
        }
    },
    STACK_OVERFLOW {
        @Override
        Object happen(String text) {
            return valueOf(name()).happen(text) + text;
        }
    },
    NULL {
        @Override
        Object happen(String text) {
            return null;
        }
    };

    /** What a caller could try to get into a log. */
    static final String EVIL = "evil\r\nfake line \u2028 %s {0}";

    abstract Object happen(String text);
}
