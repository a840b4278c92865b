// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import dev.weir.store.RateLimitStore;
import dev.weir.store.RateLimitStoreFactory;
import dev.weir.store.StoreSettings;
import dev.weir.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens Redis stores for {@code store.type: redis}.
 *
 * @since 0.1
 */
public final class RedisStoreFactory implements RateLimitStoreFactory {

    /** Makes the factory. */
    public RedisStoreFactory() {}

    @Override
    public String type() {
        return "redis";
    }

    @Override
    public RateLimitStore open(StoreSettings settings, TimeSource time) {
        Map<String, String> options = settings.options();
        checkStrategy(settings);
        RedisURI uri = uri(options);
        RedisKeys.of(settings.namespace(), options.get("secret")); // before there are threads to end
        Client client = Client.own(uri);
        RedisStoreBuilder builder =
                new RedisStoreBuilder(client).namespace(settings.namespace()).time(time);
        String secret = options.get("secret");
        return (secret == null ? builder : builder.secret(secret)).build();
    }

    /**
     * Opens a store on a client that the application has made, and closes itself.
     *
     * @param client the client, whose threads and options are used
     * @param settings how to reach Redis, as configured
     * @param time the clocks
     * @return the store, which the application closes before the client
     * @throws IllegalArgumentException if the settings cannot work
     */
    public RedisStore open(RedisClient client, StoreSettings settings, TimeSource time) {
        checkStrategy(settings);
        RedisStoreBuilder builder = RedisStore.builder(client, uri(settings.options()))
                .namespace(settings.namespace())
                .time(time);
        String secret = settings.options().get("secret");
        return (secret == null ? builder : builder.secret(secret)).build();
    }

    private static void checkStrategy(StoreSettings settings) {
        String strategy = settings.options().getOrDefault("strategy", "script");
        if (!strategy.equals("script")) {
            throw new IllegalArgumentException(
                    "store.redis.strategy: " + strategy + " is not there yet; write script, or leave it out");
        }
    }

    /** Read by hand, because Lettuce takes a name that stands alone before the host for a password. */
    static RedisURI uri(Map<String, String> options) {
        String text = requireNonNull(options.get("uri"), "store.redis.uri");
        URI uri = URI.create(text);
        String scheme = uri.getScheme();
        if (!"redis".equals(scheme) && !"rediss".equals(scheme)) {
            throw new IllegalArgumentException("store.redis.uri: " + scheme
                    + ":// is not there yet; write redis:// or rediss:// with the address of one server");
        }
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "store.redis.uri: names no host; write " + scheme + "://host:6379 for instance");
        }
        RedisURI.Builder builder = RedisURI.builder()
                .withHost(host(uri))
                .withPort(uri.getPort() < 0 ? RedisURI.DEFAULT_REDIS_PORT : uri.getPort())
                .withSsl("rediss".equals(scheme))
                .withDatabase(database(uri));
        String user = uri.getUserInfo();
        String password = options.get("password");
        if (user != null && password == null) {
            throw new IllegalArgumentException("store.redis.uri: names the user " + user
                    + " but there is no password; write store.redis.password: ${REDIS_PASSWORD}");
        }
        authenticate(builder, user, password);
        return builder.build();
    }

    private static void authenticate(RedisURI.Builder builder, @Nullable String user, @Nullable String password) {
        if (password != null && user != null) {
            builder.withAuthentication(user, password.toCharArray());
        } else if (password != null) {
            builder.withPassword(password.toCharArray());
        }
    }

    private static String host(URI uri) {
        String host = uri.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static int database(URI uri) {
        String path = uri.getPath() == null ? "" : uri.getPath();
        if (path.isEmpty() || path.equals("/")) {
            return 0;
        }
        if (!path.matches("/[0-9]{1,5}")) {
            throw new IllegalArgumentException(
                    "store.redis.uri: the path must be the number of a database, such as /0, but was " + path);
        }
        return Integer.parseInt(path.substring(1));
    }
}
