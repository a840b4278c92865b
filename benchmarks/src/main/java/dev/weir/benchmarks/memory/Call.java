// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import dev.weir.identity.Identity;
import dev.weir.identity.RateLimitRequest;
import java.security.Principal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The least that can be a request: an authenticated GET without headers. Immutable. */
public final class Call implements RateLimitRequest, Principal {

    /** Where every call comes from. */
    public static final String ADDRESS = "192.0.2.1";

    private final String user;
    private final Identity identity;

    /**
     * Makes a call.
     *
     * @param user who calls
     * @param identity the same, for a resolver that need not look for it
     */
    public Call(String user, Identity identity) {
        this.user = user;
        this.identity = identity;
    }

    /** {@return who is calling, for a resolver that need not look for it} */
    public Identity identity() {
        return identity;
    }

    @Override
    public String getName() {
        return user;
    }

    @Override
    public Principal principal() {
        return this;
    }

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/api/hello";
    }

    @Override
    public @Nullable String header(String name) {
        return null;
    }

    @Override
    public List<String> headers(String name) {
        return List.of();
    }

    @Override
    public @Nullable Object attribute(String name) {
        return null;
    }

    @Override
    public @Nullable Object sessionAttribute(String name) {
        return null;
    }

    @Override
    public @Nullable String host() {
        return null;
    }

    @Override
    public String remoteAddress() {
        return ADDRESS;
    }

    @Override
    public <T> @Nullable T unwrap(Class<T> type) {
        return null;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    @Override
    public String toString() {
        return user;
    }
}
