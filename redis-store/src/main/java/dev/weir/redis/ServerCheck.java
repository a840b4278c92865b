// SPDX-License-Identifier: Apache-2.0
package dev.weir.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Looks at how a server is set up, and warns once of each thing that limits would suffer from, with the remedy. It stops
 * nothing. Thread-safe.
 */
final class ServerCheck {

    private static final Logger LOG = System.getLogger("dev.weir.redis");
    private static final int OLDEST_MAJOR = 6;
    private static final int OLDEST_MINOR = 2;

    private final RedisURI uri;
    private final List<RedisURI> seeds;
    private final boolean hasSecret;
    private final Set<String> said = ConcurrentHashMap.newKeySet();

    ServerCheck(Client client, boolean hasSecret) {
        this(client.uri(), client.seeds(), hasSecret);
    }

    ServerCheck(RedisURI uri, List<RedisURI> seeds, boolean hasSecret) {
        this.uri = uri;
        this.seeds = seeds;
        this.hasSecret = hasSecret;
    }

    /** What can be seen without a server. */
    void settings() {
        if (!isEncrypted() && !isNear()) {
            say(
                    Level.WARNING,
                    "The way to Redis at " + place() + " is not encrypted; write " + scheme()
                            + " unless the network is yours alone.");
        }
        if (!hasSecret) {
            say(
                    Level.INFO,
                    "There is no store.redis.secret, so names in Redis are digests that whoever reads Redis can"
                            + " try guesses against; set one, the same on all instances.");
        }
    }

    /** An application's own client may trust sentinels that anybody can speak for. */
    private boolean isEncrypted() {
        return uri.isSsl() && uri.getSentinels().stream().allMatch(RedisURI::isSsl);
    }

    private String scheme() {
        return ServerUri.scheme(uri, !seeds.isEmpty(), true);
    }

    /** Where the master of sentinels is they tell later; it is no nearer than they are. */
    private boolean isNear() {
        if (!seeds.isEmpty()) {
            return seeds.stream().allMatch(seed -> isLoopback(seed.getHost()));
        }
        return uri.getSentinels().isEmpty()
                ? isLoopback(uri.getHost())
                : uri.getSentinels().stream().allMatch(sentinel -> isLoopback(sentinel.getHost()));
    }

    private String place() {
        return uri.getSentinels().isEmpty() ? uri.getHost() : "the sentinels' " + uri.getSentinelMasterId();
    }

    private static boolean isLoopback(String host) {
        return host.equals("localhost") || host.equals("::1") || host.matches("127\\.[0-9.]+");
    }

    /** Asks a server that has just been connected, without waiting for it. */
    void server(RedisAsyncCommands<byte[], byte[]> commands) {
        try {
            commands.info().whenComplete((text, failure) -> {
                if (failure == null) {
                    look(fields(text));
                } else {
                    say(
                            Level.INFO,
                            "Redis does not let us read its settings (INFO), so nobody has checked them: "
                                    + failure.getMessage());
                }
            });
        } catch (RuntimeException e) {
            // The connection has ended again; the next one is asked.
            LOG.log(Level.DEBUG, "Redis was not asked for its settings.", e);
        }
    }

    private static Map<String, String> fields(String info) {
        return info.lines()
                .filter(line -> line.indexOf(':') > 0)
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')),
                        line -> line.substring(line.indexOf(':') + 1),
                        (first, second) -> first));
    }

    void look(Map<String, String> info) {
        String policy = info.getOrDefault("maxmemory_policy", "noeviction");
        if (!policy.equals("noeviction")) {
            say(
                    Level.WARNING,
                    "Redis has maxmemory-policy " + policy + ", so it may throw limits away when memory runs"
                            + " short, and whoever was limited starts anew; set maxmemory-policy noeviction.");
        }
        if (seeds.isEmpty() && "cluster".equals(info.get("redis_mode"))) {
            say(
                    Level.WARNING,
                    "Redis at " + place() + " is one of a cluster, and takes only a part of all keys; write "
                            + ServerUri.scheme(uri, true, uri.isSsl()) + " with the addresses of its servers.");
        } else if (seeds.isEmpty() && "slave".equals(info.get("role"))) {
            say(Level.WARNING, "Redis at " + place() + " is a replica, which takes no charges; name its master.");
        }
        if (isOld(info.get("redis_version"))) {
            say(Level.WARNING, "Redis is of version " + info.get("redis_version") + "; use 6.2 or newer.");
        }
    }

    private static boolean isOld(@Nullable String version) {
        if (version == null || !version.matches("[0-9]{1,4}\\.[0-9]{1,4}.*")) {
            return false;
        }
        String[] parts = version.split("\\.", 3);
        int major = Integer.parseInt(parts[0]);
        return major < OLDEST_MAJOR || (major == OLDEST_MAJOR && Integer.parseInt(parts[1]) < OLDEST_MINOR);
    }

    /** Says that a server cannot do what the store asks of it, and answers what was said. */
    String unfit(String error, String remedy) {
        String text = "Redis at " + place() + " is of no use to Weir, which goes on as if it did not answer; " + remedy
                + ". It says: " + error;
        say(Level.WARNING, text);
        return text;
    }

    /**
     * Says what our user may not do.
     *
     * @param name the user
     * @param commands the commands that it may not run, in lower case
     * @param keys whether it may not touch our keys
     * @param namespace what those begin with
     */
    void rights(String name, List<String> commands, boolean keys, String namespace) {
        List<String> lacks = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        if (keys) {
            lacks.add("touch keys that begin with " + namespace + ':');
            rules.add('~' + namespace + ":*");
        }
        if (!commands.isEmpty()) {
            lacks.add("run " + String.join(", ", commands).toUpperCase(Locale.ROOT));
            commands.forEach(command -> rules.add('+' + command));
        }
        say(
                Level.WARNING,
                "Redis at " + place() + " does not let the user " + name + ' ' + String.join(", or ", lacks)
                        + ", so whatever needs that follows the rules' on-failure; say there ACL SETUSER " + name + ' '
                        + String.join(" ", rules) + ", or give the user the whole line of docs/operations.md.");
    }

    void secrets(boolean same) {
        if (!same) {
            say(
                    Level.WARNING,
                    "Another instance of this namespace has another store.redis.secret, so the two do not share"
                            + " their limits; give all the same.");
        }
    }

    private void say(Level level, String text) {
        if (said.add(text)) {
            LOG.log(level, text);
        }
    }
}
