// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.plan.FailurePolicy;
import dev.weir.store.StoreSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the section {@code store}. */
final class StoreReader {

    private static final long MAX_KEYS = 1_000_000_000;
    private static final String REDIS = "redis";
    private static final List<String> SCHEMES =
            List.of("redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster");

    /** The settings, and what rules do when the store fails unless they say otherwise. */
    record Result(StoreSettings settings, FailurePolicy onFailure) {}

    private enum Type {
        MEMORY,
        REDIS
    }

    private enum Strategy {
        SCRIPT,
        COMPARE_AND_SWAP
    }

    private StoreReader() {}

    /**
     * Reads the section.
     *
     * @param usual the namespace, where the section names none
     */
    static Result read(Section section, Secrets secrets, String usual) {
        try (section) {
            Type type = section.choice("type", Type.class, Type.MEMORY);
            String namespace = section.text("namespace", usual);
            section.check("namespace", () -> checkNamespace(namespace));
            long maxKeys = section.integer("max-keys", 1, MAX_KEYS, StoreSettings.DEFAULT_MAX_KEYS);
            FailurePolicy onFailure = section.choice("on-failure", FailurePolicy.class, FailurePolicy.LOCAL);
            Map<String, String> options = new HashMap<>();
            Duration deadline = StoreSettings.DEFAULT_DEADLINE;
            if (type == Type.REDIS && !section.has(REDIS)) {
                section.fault("type", "is redis, so store.redis.uri must say where it is");
            }
            if (section.has(REDIS)) {
                deadline = redis(section.section(REDIS), type == Type.REDIS ? secrets : null, options);
            }
            String name = type == Type.REDIS ? REDIS : "memory";
            return new Result(
                    new StoreSettings(name, namespace, maxKeys, deadline, type == Type.REDIS ? options : Map.of()),
                    onFailure);
        }
    }

    static void checkNamespace(String namespace) {
        if (!namespace.matches("[A-Za-z0-9._/-]{1,100}")) {
            throw new IllegalArgumentException(
                    "must be 1 to 100 letters, digits, dots, dashes, underscores and slashes but was "
                            + Faults.quote(namespace));
        }
    }

    /** Secrets are looked up only if the section is in use. */
    private static Duration redis(Section section, @Nullable Secrets secrets, Map<String, String> options) {
        try (section) {
            String uri = section.text("uri");
            if (!section.has("uri")) {
                section.fault("uri", "is missing; write redis://localhost:6379 for instance");
            } else if (uri != null) {
                section.check("uri", () -> options.put("uri", checked(uri)));
            }
            secret(section, "password", secrets, options);
            secret(section, "sentinel-password", secrets, options);
            secret(section, "secret", secrets, options);
            secret(section, "ca", secrets, options);
            options.put("instances", Long.toString(section.integer("instances", 1, 100_000, 1)));
            if (!section.has("instances")) {
                options.remove("instances");
            }
            options.put(
                    "strategy",
                    section.choice("strategy", Strategy.class, Strategy.SCRIPT) == Strategy.SCRIPT
                            ? "script"
                            : "compare-and-swap");
            return section.duration(
                    "deadline", Duration.ofMillis(1), Duration.ofSeconds(1), StoreSettings.DEFAULT_DEADLINE);
        }
    }

    private static String checked(String text) {
        try {
            URI uri = new URI(text);
            if (uri.getScheme() == null || !SCHEMES.contains(uri.getScheme()) || uri.getRawAuthority() == null) {
                throw new IllegalArgumentException(
                        "must begin with redis://, redis-sentinel:// or redis-cluster://, or with TLS rediss://,"
                                + " rediss-sentinel:// or rediss-cluster://, and name a host");
            }
            String authority = uri.getRawAuthority();
            if (authority.substring(0, Math.max(0, authority.lastIndexOf('@'))).contains(":")) {
                throw new IllegalArgumentException("holds a password; write it as password: ${REDIS_PASSWORD} instead");
            }
            return text;
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("is not a URI; write redis://localhost:6379 for instance", e);
        }
    }

    private static void secret(Section section, String key, @Nullable Secrets secrets, Map<String, String> options) {
        String reference = section.text(key);
        if (reference == null) {
            return;
        }
        section.check(key, () -> {
            Secrets.checkReference(reference);
            if (secrets != null) {
                options.put(key, secrets.resolve(reference));
            }
        });
    }
}
