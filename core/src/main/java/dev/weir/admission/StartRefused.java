// SPDX-License-Identifier: Apache-2.0
package dev.weir.admission;

import static java.util.Objects.requireNonNull;

/**
 * A service was not started. It has no stack: it is an answer, not a fault.
 *
 * @since 0.1
 */
public final class StartRefused extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final transient StartAnswer answer;

    /**
     * Makes the exception.
     *
     * @param answer why; its reason is the message
     */
    public StartRefused(StartAnswer answer) {
        super(answer.reason(), null, false, false);
        this.answer = requireNonNull(answer, "answer");
    }

    /** {@return why it was not started} */
    public StartAnswer answer() {
        return answer;
    }
}
