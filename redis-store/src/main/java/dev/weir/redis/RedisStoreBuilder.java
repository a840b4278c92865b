// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.time.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link RedisStore} needs. Not thread-safe; build, then share the result.
 *
 * @since 0.1
 */
public final class RedisStoreBuilder {

    private final Client client;
    private @Nullable String namespace;
    private @Nullable String secret;
    private @Nullable TimeSource time;

    private boolean built;

    RedisStoreBuilder(Client client) {
        this.client = client;
    }

    /**
     * Names what the store's keys begin with. Applications with the same name share their limits.
     *
     * @param name 1 to 100 letters, digits, dots, dashes, underscores and slashes; {@code weir} unless set
     * @return this
     */
    public RedisStoreBuilder namespace(String name) {
        this.namespace = once(this.namespace, name, "namespace");
        return this;
    }

    /**
     * Keys the digests that stand for names in Redis. All who share the namespace need the same.
     *
     * @param own the secret, not empty
     * @return this
     */
    public RedisStoreBuilder secret(String own) {
        this.secret = once(this.secret, own, "secret");
        return this;
    }

    /**
     * Reads deadlines and the ages of leases from these clocks. Limits go by the time of Redis.
     *
     * @param clocks the clocks
     * @return this
     */
    public RedisStoreBuilder time(TimeSource clocks) {
        this.time = once(this.time, clocks, "time");
        return this;
    }

    private static <T> T once(@Nullable T before, T now, String name) {
        requireNonNull(now, name);
        if (before != null) {
            throw new IllegalStateException(name + " was already set");
        }
        return now;
    }

    Client client() {
        return client;
    }

    RedisKeys keys() {
        return RedisKeys.of(namespace == null ? "weir" : namespace, secret);
    }

    boolean hasSecret() {
        return secret != null;
    }

    TimeSource time() {
        return time == null ? TimeSource.system() : time;
    }

    /**
     * Makes the store, and waits up to two seconds for its connection. It is made even if there is none by then.
     *
     * @return the store, which the application closes
     * @throws IllegalArgumentException if namespace or secret are out of their form
     * @throws IllegalStateException if this builder has made one already, with which the other would share its connection's end
     */
    public RedisStore build() {
        keys(); // or a second try would be refused for the first one's fault
        if (built) {
            throw new IllegalStateException("this builder has made its store; begin another");
        }
        built = true;
        return new RedisStore(this, Script.SERVER_CLOCK, RedisStore.LEASE_LIFE);
    }
}
