// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisURI;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where Redis is, by hand, because Lettuce takes a name that stands alone before the host for a password. */
final class ServerUri {

    private static final int SENTINEL_PORT = 26379;
    private static final int MAX_PORT = 65535;
    private static final String SENTINEL = "redis-sentinel";
    private static final String AS_SENTINEL =
            "; write redis-sentinel://host1:26379,host2:26379#name-of-the-master for instance";

    private ServerUri() {}

    /**
     * Reads the options {@code uri}, {@code password} and {@code sentinel-password}.
     *
     * @throws IllegalArgumentException if they make no sense together
     */
    static RedisURI of(Map<String, String> options) {
        URI uri = URI.create(requireNonNull(options.get("uri"), "store.redis.uri"));
        String scheme = uri.getScheme();
        boolean sentinel = SENTINEL.equals(scheme);
        if (!sentinel && !"redis".equals(scheme) && !"rediss".equals(scheme)) {
            throw new IllegalArgumentException("store.redis.uri: " + scheme
                    + ":// is not there yet; write redis:// or rediss:// with the address of one server, or"
                    + " redis-sentinel://");
        }
        RedisURI.Builder builder = RedisURI.builder();
        if (sentinel) {
            sentinels(builder, uri, options.get("sentinel-password"));
        } else {
            server(builder, uri);
            if (options.containsKey("sentinel-password")) {
                throw new IllegalArgumentException(
                        "store.redis.sentinel-password: " + scheme + ":// asks no sentinels; leave it out");
            }
        }
        builder.withDatabase(database(uri));
        authenticate(builder, user(uri), options.get("password"));
        return builder.build();
    }

    private static void server(RedisURI.Builder builder, URI uri) {
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "store.redis.uri: names no host; write " + uri.getScheme() + "://host:6379 for instance");
        }
        builder.withHost(withoutBrackets(uri.getHost()))
                .withPort(uri.getPort() < 0 ? RedisURI.DEFAULT_REDIS_PORT : uri.getPort())
                .withSsl("rediss".equals(uri.getScheme()));
    }

    private static void sentinels(RedisURI.Builder builder, URI uri, @Nullable String password) {
        String master = uri.getFragment();
        if (master == null || master.isEmpty()) {
            throw new IllegalArgumentException("store.redis.uri: does not name the master" + AS_SENTINEL);
        }
        String authority = uri.getRawAuthority();
        for (String each : authority.substring(authority.lastIndexOf('@') + 1).split(",", -1)) {
            int colon = each.lastIndexOf(':');
            boolean hasPort = colon > each.lastIndexOf(']');
            String host = withoutBrackets(hasPort ? each.substring(0, colon) : each);
            int port = hasPort ? port(each.substring(colon + 1)) : SENTINEL_PORT;
            if (host.isEmpty()) {
                throw new IllegalArgumentException(
                        "store.redis.uri: has an empty name among its sentinels" + AS_SENTINEL);
            }
            RedisURI.Builder own = RedisURI.builder().withHost(host).withPort(port);
            builder.withSentinel((password == null ? own : own.withPassword(password.toCharArray())).build());
        }
        builder.withSentinelMasterId(master);
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "store.redis.uri: the port of a sentinel must be 1 to 65535 but was \"" + text + "\"");
        }
        return port;
    }

    private static @Nullable String user(URI uri) {
        String authority = uri.getRawAuthority();
        int at = authority.lastIndexOf('@');
        return at < 0 ? null : authority.substring(0, at);
    }

    private static void authenticate(RedisURI.Builder builder, @Nullable String user, @Nullable String password) {
        if (user != null && password == null) {
            throw new IllegalArgumentException("store.redis.uri: names the user " + user
                    + " but there is no password; write store.redis.password: ${REDIS_PASSWORD}");
        }
        if (password != null && user != null) {
            builder.withAuthentication(user, password.toCharArray());
        } else if (password != null) {
            builder.withPassword(password.toCharArray());
        }
    }

    private static String withoutBrackets(String host) {
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
