// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import org.jspecify.annotations.Nullable;

/** A command without a good answer, and whether it may have had an effect. It says where in the cause, so it has no stack. */
final class Unanswered extends Exception {

    private static final long serialVersionUID = 1;

    private final Outcome outcome;

    Unanswered(Outcome outcome, String message, @Nullable Throwable cause) {
        super(message, cause, false, false);
        this.outcome = outcome;
    }

    /** {@return {@link Outcome#NOT_SENT} if it had no effect, {@link Outcome#PERHAPS_SENT} if that is not known} */
    Outcome outcome() {
        return outcome;
    }
}
