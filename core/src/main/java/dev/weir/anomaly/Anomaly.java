// SPDX-License-Identifier: Apache-2.0
package dev.weir.anomaly;

import static java.util.Objects.requireNonNull;

import dev.weir.identity.Identity;
import dev.weir.identity.IpAddress;
import dev.weir.key.Key;
import dev.weir.key.Scope;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One recorded security event: when, what, who, and in words.
 *
 * <pre>{@code
 * Anomaly event = log.record(Anomaly.builder(AnomalyType.UNAUTHORIZED_ACCESS)
 *         .user("user123")
 *         .details("Wrong PIN three times"));
 * }</pre>
 *
 * <p>Names and details come from callers as they are: escape them before they reach a log or a page. A name longer than
 * 256 bytes is replaced by its digest, as in a {@link Key}; details are cut after {@value #MAX_DETAILS} characters.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class Anomaly {

    /** The most characters of details that are kept. */
    public static final int MAX_DETAILS = 1_000;

    private final Instant timestamp;
    private final AnomalyType type;
    private final Severity severity;
    private final @Nullable String tenant;
    private final @Nullable String user;
    private final @Nullable Object address; // becomes text when it is asked for, because most events are never read
    private final @Nullable String service;
    private final @Nullable String rule;
    private final String details;
    private final long leftOut;

    private Anomaly(Instant timestamp, Builder builder) {
        this.timestamp = timestamp;
        this.type = builder.type;
        this.severity = builder.severity;
        this.tenant = builder.tenant;
        this.user = builder.user;
        this.address = builder.address;
        this.service = builder.service;
        this.rule = builder.rule;
        this.details = builder.details;
        this.leftOut = 0;
    }

    private Anomaly(Anomaly like, Instant timestamp, String details, long leftOut) {
        this.timestamp = timestamp;
        this.type = like.type;
        this.severity = like.severity;
        this.tenant = like.tenant;
        this.user = like.user;
        this.address = like.address;
        this.service = null;
        this.rule = like.rule;
        this.details = details;
        this.leftOut = leftOut;
    }

    /**
     * Begins an event, to be handed to {@link AnomalyLog#record}.
     *
     * @param type what kind of anomaly it is
     * @return a builder, whose severity is the type's
     */
    public static Builder builder(AnomalyType type) {
        return new Builder(type);
    }

    /** {@return when it was recorded, by the log's wall clock} */
    public Instant timestamp() {
        return timestamp;
    }

    /** {@return what kind of anomaly it is} */
    public AnomalyType type() {
        return type;
    }

    /** {@return how much it matters} */
    public Severity severity() {
        return severity;
    }

    /** {@return the tenant, empty if unknown} */
    public Optional<String> tenant() {
        return Optional.ofNullable(tenant);
    }

    /** {@return the user, empty if unknown} */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /** {@return the address, empty if unknown} */
    public Optional<String> address() {
        return Optional.ofNullable(address).map(Object::toString);
    }

    /** {@return the service that was to be started, empty if it is not about one} */
    public Optional<String> service() {
        return Optional.ofNullable(service);
    }

    /** {@return the rule that refused, empty if none did} */
    public Optional<String> rule() {
        return Optional.ofNullable(rule);
    }

    /** {@return what happened, in words; may be empty} */
    public String details() {
        return details;
    }

    /**
     * Returns how many events this one stands for that were left out of the file and of callbacks. 0 says that it is one event;
     * what the log itself answers is always that.
     *
     * @return the number, 0 for an event
     */
    public long leftOut() {
        return leftOut;
    }

    // For the log

    /** What is told of so many like this one that were left out. */
    Anomaly leftOut(Instant when, long events) {
        return new Anomaly(this, when, events + " more were left out", events);
    }

    @Nullable Object addressOrNull() {
        return address;
    }

    boolean isOf(String name) {
        return name.equals(user);
    }

    @Nullable String tenantOrNull() {
        return tenant;
    }

    @Nullable String userOrNull() {
        return user;
    }

    /** A name as an event holds it. */
    static String bounded(String name) {
        return Key.of(Scope.USER, name).value();
    }

    /** {@return type, severity and time; never who, because that is not for logs} */
    @Override
    public String toString() {
        return "Anomaly[" + type + ", " + severity.word() + ", " + timestamp + "]";
    }

    /** Collects the parts of an event. A part that is null, empty or blank is unknown. Not thread-safe; use it once. */
    public static final class Builder {

        private final AnomalyType type;
        private Severity severity;
        private @Nullable String tenant;
        private @Nullable String user;
        private @Nullable Object address;
        private @Nullable String service;
        private @Nullable String rule;
        private String details = "";

        private Builder(AnomalyType type) {
            this.type = requireNonNull(type, "type");
            this.severity = type.severity();
        }

        /**
         * Sets tenant, user and address to those of an identity.
         *
         * @param who who did it
         * @return this
         */
        public Builder identity(Identity who) {
            this.tenant = who.tenantKey() == null ? null : who.tenantKey().value();
            this.user = who.userKey() == null ? null : who.userKey().value();
            this.address = who.addressOrNull();
            return this;
        }

        /**
         * Sets the tenant.
         *
         * @param name the name
         * @return this
         */
        public Builder tenant(@Nullable String name) {
            this.tenant = known(name);
            return this;
        }

        /**
         * Sets the user.
         *
         * @param name the name
         * @return this
         */
        public Builder user(@Nullable String name) {
            this.user = known(name);
            return this;
        }

        /**
         * Sets the address.
         *
         * @param literal the address as a literal
         * @return this
         */
        public Builder address(@Nullable String literal) {
            this.address = known(literal);
            return this;
        }

        /**
         * Sets the address.
         *
         * @param known the address, or null if it is not known
         * @return this
         */
        public Builder address(@Nullable IpAddress known) {
            this.address = known;
            return this;
        }

        /**
         * Sets the service that was to be started.
         *
         * @param id its id
         * @return this
         */
        public Builder service(@Nullable String id) {
            this.service = known(id);
            return this;
        }

        /**
         * Sets the rule that refused.
         *
         * @param name its name
         * @return this
         */
        public Builder rule(@Nullable String name) {
            this.rule = known(name);
            return this;
        }

        /**
         * Says what happened.
         *
         * @param words in words, cut after {@value Anomaly#MAX_DETAILS} characters
         * @return this
         */
        public Builder details(String words) {
            this.details = cut(words);
            return this;
        }

        /**
         * Sets how much it matters.
         *
         * @param own the severity, instead of the type's
         * @return this
         */
        public Builder severity(Severity own) {
            this.severity = requireNonNull(own, "own");
            return this;
        }

        private static @Nullable String known(@Nullable String name) {
            return name == null || name.isBlank() ? null : bounded(name);
        }

        /** No character is cut in two. */
        private static String cut(String words) {
            if (words.length() <= MAX_DETAILS) {
                return words;
            }
            int end = MAX_DETAILS - 1;
            return words.substring(0, Character.isHighSurrogate(words.charAt(end - 1)) ? end - 1 : end) + "\u2026";
        }

        Anomaly at(Instant timestamp) {
            return new Anomaly(timestamp, this);
        }
    }
}
