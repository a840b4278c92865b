// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import static java.util.Objects.requireNonNull;

import io.lettuce.core.RedisURI;
import io.lettuce.core.internal.HostAndPort;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads where Redis is, by hand, because Lettuce takes a name that stands alone before the host for a password. */
final class ServerUri {

    private static final int SENTINEL_PORT = 26379;
    private static final int MAX_PORT = 65535;
    private static final String SENTINEL = "-sentinel";
    private static final String CLUSTER = "-cluster";

    private ServerUri() {}

    /**
     * Reads the options {@code uri}, {@code password} and {@code sentinel-password}.
     *
     * @throws IllegalArgumentException if they make no sense together
     */
    static RedisURI of(Map<String, String> options) {
        return seeds(options).get(0);
    }

    /** {@return whether they name a cluster} */
    static boolean isCluster(Map<String, String> options) {
        return scheme(options.getOrDefault("uri", "")).endsWith(CLUSTER);
    }

    private static String scheme(String uri) {
        return uri.substring(0, Math.max(0, uri.indexOf(':')));
    }

    /** {@return how the scheme begins where TLS is asked for, or is not} */
    private static String base(boolean tls) {
        return tls ? "rediss" : "redis";
    }

    /** {@return the scheme of what a URI leads to: a cluster, if there are seeds of one, the sentinels that it names, or one server} */
    static String scheme(RedisURI uri, boolean cluster, boolean tls) {
        String kind = cluster ? CLUSTER : uri.getSentinels().isEmpty() ? "" : SENTINEL;
        return base(tls) + kind + "://";
    }

    /**
     * Reads the same options, with all servers of a cluster that they name.
     *
     * @throws IllegalArgumentException if they make no sense together
     */
    static List<RedisURI> seeds(Map<String, String> options) {
        URI uri = URI.create(requireNonNull(options.get("uri"), "store.redis.uri"));
        String scheme = String.valueOf(uri.getScheme());
        if (!scheme.matches("rediss?(-sentinel|-cluster)?") || uri.getRawAuthority() == null) {
            throw new IllegalArgumentException(
                    "store.redis.uri: must begin with redis://, redis-sentinel:// or"
                            + " redis-cluster://, or with TLS rediss://, rediss-sentinel:// or rediss-cluster://, and name a host");
        }
        boolean tls = scheme.startsWith(base(true));
        boolean sentinel = scheme.endsWith(SENTINEL);
        boolean cluster = scheme.endsWith(CLUSTER);
        if (!sentinel && options.containsKey("sentinel-password")) {
            throw new IllegalArgumentException(
                    "store.redis.sentinel-password: " + scheme + ":// asks no sentinels; leave it out");
        }
        List<RedisURI.Builder> builders = new ArrayList<>();
        if (sentinel) {
            builders.add(sentinels(uri, options.get("sentinel-password")));
        } else if (cluster) {
            String remedy = "; write " + scheme + "://host1:6379,host2:6379 for instance";
            for (HostAndPort node : hosts(uri, RedisURI.DEFAULT_REDIS_PORT, remedy)) {
                builders.add(RedisURI.builder().withHost(node.getHostText()).withPort(node.getPort()));
            }
        } else {
            builders.add(server(uri));
        }
        int database = database(uri);
        if (database != 0 && cluster) {
            throw new IllegalArgumentException(
                    "store.redis.uri: a cluster has one database only; leave out /" + database);
        }
        List<RedisURI> seeds = new ArrayList<>();
        for (RedisURI.Builder builder : builders) {
            builder.withDatabase(database).withSsl(tls); // to the sentinels too
            authenticate(builder, user(uri), options.get("password"));
            seeds.add(builder.build());
        }
        return seeds;
    }

    private static RedisURI.Builder server(URI uri) {
        if (uri.getHost() == null) {
            throw new IllegalArgumentException(
                    "store.redis.uri: names no host; write " + uri.getScheme() + "://host:6379 for instance");
        }
        return RedisURI.builder()
                .withHost(withoutBrackets(uri.getHost()))
                .withPort(uri.getPort() < 0 ? RedisURI.DEFAULT_REDIS_PORT : uri.getPort());
    }

    private static RedisURI.Builder sentinels(URI uri, @Nullable String password) {
        String remedy = "; write " + uri.getScheme() + "://host1:26379,host2:26379#name-of-the-master for instance";
        String master = uri.getFragment();
        if (master == null || master.isEmpty()) {
            throw new IllegalArgumentException("store.redis.uri: does not name the master" + remedy);
        }
        RedisURI.Builder builder = RedisURI.builder();
        for (HostAndPort sentinel : hosts(uri, SENTINEL_PORT, remedy)) {
            RedisURI.Builder own =
                    RedisURI.builder().withHost(sentinel.getHostText()).withPort(sentinel.getPort());
            builder.withSentinel((password == null ? own : own.withPassword(password.toCharArray())).build());
        }
        return builder.withSentinelMasterId(master);
    }

    private static List<HostAndPort> hosts(URI uri, int defaultPort, String remedy) {
        String authority = uri.getRawAuthority();
        List<HostAndPort> hosts = new ArrayList<>();
        for (String each : authority.substring(authority.lastIndexOf('@') + 1).split(",", -1)) {
            int colon = each.lastIndexOf(':');
            boolean hasPort = colon > each.lastIndexOf(']');
            String host = withoutBrackets(hasPort ? each.substring(0, colon) : each);
            if (host.isEmpty()) {
                throw new IllegalArgumentException("store.redis.uri: has an empty name among its servers" + remedy);
            }
            hosts.add(HostAndPort.of(host, hasPort ? port(each.substring(colon + 1)) : defaultPort));
        }
        return hosts;
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : 0;
        if (port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException(
                    "store.redis.uri: the port of a server must be 1 to 65535 but was \"" + text + "\"");
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
