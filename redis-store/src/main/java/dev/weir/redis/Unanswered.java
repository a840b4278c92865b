// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Charge;
import dev.weir.store.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
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

    /** Says in a charge what has become of it, which was to be charged under these keys. */
    void writeInto(Charge charge, byte[]... keys) {
        if (!alone) {
            charge.fail(outcome, this);
            return;
        }
        String names = Arrays.stream(keys)
                .map(key -> new String(key, StandardCharsets.US_ASCII))
                .collect(Collectors.joining(", "));
        charge.failAlone(new IllegalStateException(
                "Redis holds what Weir has not written under one of these keys; DEL that one: " + names, getCause()));
    }

    /** {@return {@link Outcome#NOT_SENT} if it had no effect, {@link Outcome#PERHAPS_SENT} if that is not known} */
    Outcome outcome() {
        return outcome;
    }
}
