// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Outcome;
import org.jspecify.annotations.Nullable;

/** A command without a good answer, and whether it may have had an effect. It says where in the cause, so it has no stack. */
final class Unanswered extends Exception {

    private static final long serialVersionUID = 1;

    private final Outcome outcome;
    private final boolean alone;

    Unanswered(Outcome outcome, String message, @Nullable Throwable cause) {
        this(outcome, message, cause, false);
    }

    private Unanswered(Outcome outcome, String message, @Nullable Throwable cause, boolean alone) {
        super(message, cause, false, false);
        this.outcome = outcome;
        this.alone = alone;
    }

    /** One that Redis could not carry out because of what lies under its keys. */
    static Unanswered alone(Throwable cause) {
        return new Unanswered(Outcome.NOT_SENT, "Redis holds something foreign under a key.", cause, true);
    }

    /** {@return whether others would be answered} */
    boolean isAlone() {
        return alone;
    }

    /** {@return {@link Outcome#NOT_SENT} if it had no effect, {@link Outcome#PERHAPS_SENT} if that is not known} */
    Outcome outcome() {
        return outcome;
    }
}
