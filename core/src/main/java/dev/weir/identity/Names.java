// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Turns a value that a place holds into a name. Only types whose text names somebody are believed: the text of any other
 * object may differ at every request, and each would be a caller with a full bucket. Thread-safe.
 */
final class Names {

    private static final Logger LOG = System.getLogger(Names.class.getName());

    private final String place;
    private final AtomicBoolean complained = new AtomicBoolean();

    /**
     * Reads names from a place.
     *
     * @param place what it is, for the one line that complains about a value that names nobody
     */
    Names(String place) {
        this.place = place;
    }

    @Nullable String of(@Nullable Object value) {
        if (value == null || value instanceof String) {
            return (String) value;
        }
        if (value instanceof CharSequence
                || value instanceof Number
                || value instanceof UUID
                || value instanceof Enum<?>) {
            return value.toString();
        }
        if (value instanceof Principal principal) {
            return principal.getName();
        }
        if (complained.compareAndSet(false, true)) {
            LOG.log(
                    Level.WARNING,
                    "The {0} holds a {1}, which names nobody. It must be a String.",
                    place,
                    value.getClass().getName());
        }
        return null;
    }
}
