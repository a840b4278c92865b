// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.Principal;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A request attribute. Only types whose text names somebody are believed: the text of any other object may differ at
 * every request, and each would be a caller with a full bucket.
 */
final class AttributeSource implements IdentitySource {

    private static final Logger LOG = System.getLogger(AttributeSource.class.getName());

    private final String name;
    private final AtomicBoolean complained = new AtomicBoolean();

    AttributeSource(String name) {
        this.name = name;
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        Object value = request.attribute(name);
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
                    "The request attribute {0} holds a {1}, which names nobody. Set it to a String.",
                    name,
                    value.getClass().getName());
        }
        return null;
    }
}
