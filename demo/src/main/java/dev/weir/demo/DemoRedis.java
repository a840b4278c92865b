// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import dev.weir.config.Configuration;
import dev.weir.redisrig.RedisServer;
import dev.weir.store.StoreSettings;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The Redis of a demo that was asked to use one: a server somewhere, or one of its own, which ends with it. */
final class DemoRedis implements AutoCloseable {

    /** What stands for a server of the demo's own instead of an address. */
    static final String EMBEDDED = "embedded";

    /** The variable that holds the password of a server, which must not stand in a command line. */
    static final String PASSWORD_VARIABLE = "REDIS_PASSWORD";

    private static final String PASSWORD = "password";
    private static final String URI = "uri";

    private final Optional<RedisServer> own;
    private final StoreSettings asked;
    private final Optional<String> password;

    private DemoRedis(Optional<RedisServer> own, StoreSettings asked, Optional<String> password) {
        this.own = own;
        this.asked = asked;
        this.password = password;
    }

    /**
     * Finds the server, or starts one.
     *
     * @param redis an address, or {@link #EMBEDDED}
     * @param environment finds variables, null where there is none
     * @throws IOException if no server can be started
     * @throws dev.weir.config.ConfigurationException if the address makes no sense
     */
    static DemoRedis open(String redis, UnaryOperator<String> environment) throws IOException {
        if (!redis.equals(EMBEDDED)) {
            String password = environment.apply(PASSWORD_VARIABLE);
            return new DemoRedis(
                    Optional.empty(),
                    settings(redis),
                    Optional.ofNullable(password).filter(text -> !text.isEmpty()));
        }
        RedisServer server = RedisServer.start();
        return new DemoRedis(Optional.of(server), settings(server.uri()), Optional.empty());
    }

    /** Read as if it stood in a file, so that what is wrong with an address is said in the same words. */
    private static StoreSettings settings(String uri) {
        Map<String, Object> store = Map.of("type", "redis", "redis", Map.of(URI, uri));
        return Configuration.parse("--redis", Json.text(Map.of("store", store))).store();
    }

    /**
     * Returns a configuration that uses this Redis, and is otherwise as it was: what else its section on Redis says counts,
     * except that a server of the demo's own has no password.
     */
    Configuration in(Configuration configuration) {
        StoreSettings before = configuration.store();
        Map<String, String> options = new HashMap<>(asked.options());
        options.putAll(before.options());
        options.put(URI, asked.options().get(URI));
        password.ifPresent(text -> options.put(PASSWORD, text));
        if (own.isPresent()) {
            options.remove(PASSWORD);
        }
        return configuration.withStore(
                new StoreSettings(asked.type(), before.namespace(), before.maxKeys(), before.deadline(), options));
    }

    /** {@return the server that was started for this demo} */
    Optional<RedisServer> own() {
        return own;
    }

    /** Ends a server of the demo's own; closing again has no effect. */
    @Override
    public void close() {
        own.ifPresent(RedisServer::close);
    }
}
