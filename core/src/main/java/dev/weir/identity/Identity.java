// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import dev.weir.key.Key;
import dev.weir.key.Scope;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a caller: tenant, user and address, each of them perhaps unknown.
 *
 * <p>An empty or blank name is unknown. Names are compared as they are, case included, so normalise them as your
 * application does.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class Identity {

    private static final Identity UNKNOWN = new Identity(null, null, null);

    private final @Nullable Key tenant;
    private final @Nullable Key user;
    private final @Nullable IpAddress address;

    private Identity(@Nullable Key tenant, @Nullable Key user, @Nullable IpAddress address) {
        this.tenant = tenant;
        this.user = user;
        this.address = address;
    }

    /**
     * Names a caller; the address is added by the limiter, as configured.
     *
     * @param tenant the tenant, or null if unknown
     * @param user the user, or null if unknown
     * @return the identity
     */
    public static Identity of(@Nullable String tenant, @Nullable String user) {
        return new Identity(key(Scope.TENANT, tenant), key(Scope.USER, user), null);
    }

    /**
     * Names a caller with an address.
     *
     * @param tenant the tenant, or null if unknown
     * @param user the user, or null if unknown
     * @param address the address as a literal, with or without a port, a zone or brackets; null, or text that is no
     *     address, if unknown
     * @return the identity
     */
    public static Identity of(@Nullable String tenant, @Nullable String user, @Nullable String address) {
        return new Identity(
                key(Scope.TENANT, tenant), key(Scope.USER, user), address == null ? null : Hop.parse(address));
    }

    /** {@return the identity of a caller of whom nothing is known yet} */
    public static Identity unknown() {
        return UNKNOWN;
    }

    /**
     * Adds an address.
     *
     * @param known the address
     * @return the same tenant and user with this address
     */
    public Identity withAddress(IpAddress known) {
        return new Identity(tenant, user, known);
    }

    private static @Nullable Key key(Scope scope, @Nullable String name) {
        return name == null || name.isBlank() ? null : Key.of(scope, name);
    }

    /** {@return the tenant, empty if unknown} */
    public Optional<String> tenant() {
        return Optional.ofNullable(tenant).map(Key::value);
    }

    /** {@return the user, empty if unknown} */
    public Optional<String> user() {
        return Optional.ofNullable(user).map(Key::value);
    }

    /** {@return the address, empty if unknown} */
    public Optional<IpAddress> address() {
        return Optional.ofNullable(address);
    }

    /** {@return the tenant's key, or null if unknown} */
    public @Nullable Key tenantKey() {
        return tenant;
    }

    /** {@return the user's key, or null if unknown} */
    public @Nullable Key userKey() {
        return user;
    }

    /** {@return the address, or null if unknown} */
    public @Nullable IpAddress addressOrNull() {
        return address;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof Identity other
                && Objects.equals(tenant, other.tenant)
                && Objects.equals(user, other.user)
                && Objects.equals(address, other.address);
    }

    @Override
    public int hashCode() {
        return Objects.hash(tenant, user, address);
    }

    /** {@return the known parts, for people; never for logs, which carry digests} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("Identity[");
        String comma = "";
        for (Object part : new Object[] {tenant, user, address}) {
            if (part != null) {
                text.append(comma).append(part);
                comma = ", ";
            }
        }
        return text.append(']').toString();
    }
}
