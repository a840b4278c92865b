// SPDX-License-Identifier: Apache-2.0
package dev.weir.spring;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

/**
 * Puts the properties under {@code weir} back into the mappings and lists that they were in application.yml. The first source
 * that has a key wins, and the first that has any element of a list has all of it, as everywhere in Spring Boot.
 */
final class PropertyTree {

    private static final String PREFIX = "weir.";
    private static final Set<String> OWN = Set.of("config", "enabled");

    private static final Set<String> SECTIONS = Set.of(
            "revision",
            "store",
            "identity",
            "exempt",
            "tiers",
            "profiles",
            "rules",
            "admission",
            "overload",
            "anomalies",
            "responses");

    /** What holds names of the application's own, which may be numbers. */
    private static final Set<String> NAMES = Set.of("tiers", "profiles.tenants", "profiles.users");

    private static final String SECRETS = "store.redis.";
    private static final Set<String> SECRET_KEYS = Set.of("password", "sentinel-password", "secret", "ca");

    /** Single values that variables of the environment may set, in the form that Spring Boot gives them there. */
    private static final List<String> SINGLE = List.of(
            "revision",
            "store.type",
            "store.namespace",
            "store.max-keys",
            "store.on-failure",
            "store.redis.uri",
            "store.redis.deadline",
            "store.redis.instances",
            "store.redis.strategy",
            "store.redis.password",
            "store.redis.secret");

    private final ConfigurableEnvironment environment;
    private final Map<String, String> secrets = new HashMap<>();
    private final Map<String, PropertySource<?>> ownersOfLists = new HashMap<>();

    PropertyTree(ConfigurableEnvironment environment) {
        this.environment = environment;
    }

    /** Answers mappings, lists and text; empty if nothing is said. */
    Map<String, Object> read() {
        Map<String, Object> root = new LinkedHashMap<>();
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable && !isView(source)) {
                for (String name : enumerable.getPropertyNames()) {
                    if (name.startsWith(PREFIX) && isConfiguration(name.substring(PREFIX.length()), source)) {
                        put(root, source, PropertyPath.parse(name.substring(PREFIX.length()), NAMES), name);
                    }
                }
            }
        }
        SINGLE.forEach(key -> putFromEnvironment(root, key));
        return asMap(root);
    }

    /** Anybody may name a system property of the JVM {@code weir.something}; files are read strictly. */
    private static boolean isConfiguration(String key, PropertySource<?> source) {
        if (OWN.contains(key)) {
            return false;
        }
        boolean ofJvm = source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
        return !ofJvm || SECTIONS.contains(key.split("[.\\[]", 2)[0]);
    }

    /** Spring Boot puts a source in front that shows all others once more. */
    private static boolean isView(PropertySource<?> source) {
        return source.getName().equals("configurationProperties");
    }

    private void put(Map<String, Object> root, PropertySource<?> source, List<Object> path, String name) {
        Object value = value(name.substring(PREFIX.length()), source.getProperty(name));
        Object at = root;
        StringBuilder walked = new StringBuilder();
        for (int i = 0; i < path.size() && at instanceof Map<?, ?>; i++) {
            Object step = path.get(i);
            if (step instanceof Integer
                    && !source.equals(ownersOfLists.computeIfAbsent(walked.toString(), unused -> source))) {
                return;
            }
            walked.append('/').append(step);
            boolean last = i == path.size() - 1;
            at = descend(at, step, last ? value : made(path.get(i + 1)));
        }
    }

    @SuppressWarnings("unchecked")
    private static Object descend(Object at, Object step, Object made) {
        Object there = ((Map<Object, Object>) at).putIfAbsent(step, made);
        return there == null ? made : there;
    }

    private static Object made(Object nextStep) {
        return nextStep instanceof Integer ? new TreeMap<>() : new LinkedHashMap<>();
    }

    /* Design: YAML of Spring Boot is YAML 1.1, in which off is a truth value; here it is the word that was written. An empty
     * list arrives as an empty text, and there is one place where it means something. */
    private Object value(String key, @Nullable Object value) {
        if (isSecret(key)) {
            return secretReference(key, String.valueOf(value));
        }
        if (Boolean.FALSE.equals(value) && key.endsWith(".mode")) {
            return "off";
        }
        if ("".equals(value) && key.equals("responses.headers")) {
            return List.of();
        }
        return environment.resolveRequiredPlaceholders(String.valueOf(value));
    }

    /** A secret that Spring has to find is handed over under a name; one that was written out is refused by whoever reads. */
    private String secretReference(String key, String written) {
        if (!written.contains("${")) {
            return written;
        }
        return remember(key, environment.resolveRequiredPlaceholders(written));
    }

    private String remember(String key, String secret) {
        String name = key.replaceAll("[^a-z]", "_");
        secrets.put(name, secret);
        return "${" + name + "}";
    }

    /** The secret of that name, or null if there is none. */
    @Nullable String secret(String name) {
        return secrets.get(name);
    }

    /** The environment knows which source goes first, variables among them, and asks them in their own spelling. */
    private void putFromEnvironment(Map<String, Object> root, String key) {
        String value = environment.getProperty(PREFIX + key);
        List<Object> path = PropertyPath.parse(key, NAMES);
        if (value == null || isWritten(key, value)) {
            return;
        }
        Object at = root;
        for (int i = 0; i < path.size() - 1 && at instanceof Map<?, ?>; i++) {
            at = descend(at, path.get(i), new LinkedHashMap<>());
        }
        if (at instanceof Map<?, ?>) {
            replace(at, path.get(path.size() - 1), isSecret(key) ? remember(key, value) : value);
        }
    }

    /** Whether the first source that names the key says just that, so that a secret in a file is left to be refused. */
    private boolean isWritten(String key, String value) {
        for (PropertySource<?> source : environment.getPropertySources()) {
            if (source instanceof EnumerablePropertySource<?> enumerable
                    && !isView(source)
                    && List.of(enumerable.getPropertyNames()).contains(PREFIX + key)) {
                return value.equals(environment.resolvePlaceholders(String.valueOf(source.getProperty(PREFIX + key))));
            }
        }
        return false;
    }

    @SuppressWarnings("unchecked")
    private static void replace(Object at, Object step, Object value) {
        ((Map<Object, Object>) at).put(step, value);
    }

    private static boolean isSecret(String key) {
        return key.startsWith(SECRETS) && SECRET_KEYS.contains(key.substring(SECRETS.length()));
    }

    private static Map<String, Object> asMap(Map<?, ?> node) {
        Map<String, Object> map = new LinkedHashMap<>();
        node.forEach((key, value) -> map.put(String.valueOf(key), asTree(value)));
        return map;
    }

    private static Object asTree(Object node) {
        if (node instanceof TreeMap<?, ?> list) {
            List<Object> elements = new ArrayList<>();
            list.values().forEach(element -> elements.add(asTree(element)));
            return elements;
        }
        return node instanceof Map<?, ?> map ? asMap(map) : node;
    }
}
