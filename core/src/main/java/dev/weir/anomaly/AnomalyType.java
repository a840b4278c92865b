// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static java.util.Objects.requireNonNull;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What kind of anomaly it is: a name, and the severity that its events have unless they say otherwise.
 *
 * <p>Weir records the six that stand here. An application adds its own: {@code AnomalyType.of("CARD_TESTING",
 * Severity.HIGH)}. Two types are equal when their names are. A log counts {@value AnomalyLog#MAX_TYPES} types by name in
 * any hour, and further ones together as {@code OTHER}.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class AnomalyType {

    /** Too many requests, or starts, for a rate. */
    public static final AnomalyType RATE_LIMIT_EXCEEDED = new AnomalyType("RATE_LIMIT_EXCEEDED", Severity.MEDIUM);

    /** Too many requests, or services, at once. */
    public static final AnomalyType CONCURRENT_LIMIT_EXCEEDED =
            new AnomalyType("CONCURRENT_LIMIT_EXCEEDED", Severity.MEDIUM);

    /** Too many starts in the hour. */
    public static final AnomalyType HOURLY_LIMIT_EXCEEDED = new AnomalyType("HOURLY_LIMIT_EXCEEDED", Severity.MEDIUM);

    /** A request that was shed, or a start that was refused or delayed, because the server is overloaded. */
    public static final AnomalyType SERVER_OVERLOADED = new AnomalyType("SERVER_OVERLOADED", Severity.LOW);

    /** Starts that follow each other too fast. */
    public static final AnomalyType RAPID_RESTART = new AnomalyType("RAPID_RESTART", Severity.MEDIUM);

    /** A blocked caller, a port that he may not have, or bad credentials. */
    public static final AnomalyType UNAUTHORIZED_ACCESS = new AnomalyType("UNAUTHORIZED_ACCESS", Severity.HIGH);

    private static final List<AnomalyType> BUILT_IN = List.of(
            RATE_LIMIT_EXCEEDED,
            CONCURRENT_LIMIT_EXCEEDED,
            HOURLY_LIMIT_EXCEEDED,
            SERVER_OVERLOADED,
            RAPID_RESTART,
            UNAUTHORIZED_ACCESS);

    private final String name;
    private final Severity severity;

    private AnomalyType(String name, Severity severity) {
        this.name = name;
        this.severity = severity;
    }

    /**
     * Names a type of the application's own.
     *
     * @param name 1 to 64 capitals, digits and underscores, of which the first is a capital; not one of Weir's own
     * @param severity the severity of its events
     * @return the type
     * @throws IllegalArgumentException if the name has another form, or is one of Weir's own
     */
    public static AnomalyType of(String name, Severity severity) {
        requireNonNull(severity, "severity");
        if (!name.matches("[A-Z][A-Z0-9_]{0,63}")) {
            throw new IllegalArgumentException("name must be 1 to 64 capitals, digits and underscores, such as"
                    + " CARD_TESTING, but has " + name.length() + " characters or others");
        }
        for (AnomalyType own : BUILT_IN) {
            if (own.name.equals(name)) {
                throw new IllegalArgumentException("name must not be one of Weir's own types but was " + name
                        + "; use AnomalyType." + name + ", and give the event its severity");
            }
        }
        return new AnomalyType(name, severity);
    }

    /** {@return the six types that Weir records} */
    public static List<AnomalyType> builtIn() {
        return BUILT_IN;
    }

    /** {@return the name, such as {@code RATE_LIMIT_EXCEEDED}} */
    public String name() {
        return name;
    }

    /** {@return the severity that its events have unless they say otherwise} */
    public Severity severity() {
        return severity;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof AnomalyType other && name.equals(other.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    /** {@return the name} */
    @Override
    public String toString() {
        return name;
    }
}
