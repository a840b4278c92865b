// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import dev.weir.store.Charge;
import dev.weir.store.Outcome;
import io.lettuce.core.RedisCommandExecutionException;
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

    /** One that has surely had no effect. */
    static Unanswered unsent(String message) {
        return new Unanswered(Outcome.NOT_SENT, message, null, false);
    }

    /** One that a server has refused and that found no other: an answer of that server, which is well. */
    static Unanswered turnedAway(String message, String error) {
        return new Unanswered(Outcome.NOT_SENT, message, new RedisCommandExecutionException(error), false);
    }

    /** One that Redis could not carry out because of what lies under its keys. */
    static Unanswered alone(Throwable cause) {
        return new Unanswered(Outcome.NOT_SENT, "Redis holds something foreign under a key.", cause, true);
    }

    /* Design: an error that Redis answers means that the script has taken nothing, because it reads all it needs before it
     * takes anything. A connection that ends says nothing about the command. */
    /** Says what it means that a command has failed. */
    static Unanswered of(@Nullable Throwable why) {
        if (why instanceof Unanswered known) {
            return known;
        }
        if (why instanceof RedisCommandExecutionException && isForeignValue(why.getMessage())) {
            return alone(why);
        }
        if (why instanceof RedisCommandExecutionException) {
            return new Unanswered(Outcome.NOT_SENT, "Redis answered with an error.", why);
        }
        return new Unanswered(Outcome.PERHAPS_SENT, "The connection to Redis ended.", why);
    }

    /** WEIR is what our scripts begin their own errors with; the last two are Lua's, where a value has not our form. */
    private static boolean isForeignValue(@Nullable String error) {
        return error != null
                && (error.contains("WRONGTYPE")
                        || error.contains("WEIR ")
                        || error.contains("data string too short")
                        || error.contains("attempt to "));
    }

    /** {@return whether others would be answered} */
    boolean isAlone() {
        return alone;
    }

    /** Says in a charge what has become of it, which was to be charged under these keys. */
    void writeInto(Charge charge, byte[]... keys) {
        if (!alone) {
            charge.fail(outcome, this);
            return;
        }
        charge.failAlone(naming(keys));
    }

    /** {@return what to say of it, which others would not meet, to who looks for the key} */
    Throwable naming(byte[]... keys) {
        String names = Arrays.stream(keys)
                .map(key -> new String(key, StandardCharsets.US_ASCII))
                .collect(Collectors.joining(", "));
        return new IllegalStateException(
                "Redis holds what Weir has not written under one of these keys; DEL that one: " + names, getCause());
    }

    /** {@return {@link Outcome#NOT_SENT} if it had no effect, {@link Outcome#PERHAPS_SENT} if that is not known} */
    Outcome outcome() {
        return outcome;
    }
}
