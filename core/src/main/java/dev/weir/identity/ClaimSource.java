// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.security.Principal;
import java.util.Collection;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A claim of the token by which the caller has authenticated, as the principal shows it: who made the principal has checked
 * the token. A list counts where it holds one value, an object at the end of the path where it has one key, which is the
 * name then; several name nobody.
 */
final class ClaimSource implements IdentitySource {

    private static final String ONLY = "*";

    private final String path;
    private final Names names;

    ClaimSource(String path) {
        this.path = path;
        this.names = new Names("claim " + path);
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        Principal principal = request.principal();
        Function<String, @Nullable Object> claims = principal == null ? null : Claims.of(principal);
        if (claims == null) {
            return null;
        }
        Object value = only(step(claims, path));
        if (value instanceof Map<?, ?> map) {
            value = map.size() == 1 ? map.keySet().iterator().next() : null;
        }
        return names.of(Claims.plain(value));
    }

    /* Design: names of claims may hold dots themselves, as addresses of the web do, so the longest name that is there goes
     * first. */
    private static @Nullable Object step(Function<String, @Nullable Object> claims, String path) {
        Object value = claims.apply(path);
        int dot = path.length();
        while (value == null && (dot = path.lastIndexOf('.', dot - 1)) > 0) {
            Object inner = only(claims.apply(path.substring(0, dot)));
            if (inner != null) {
                return inner instanceof Map<?, ?> map ? step(key -> get(map, key), path.substring(dot + 1)) : null;
            }
        }
        return value;
    }

    private static @Nullable Object get(Map<?, ?> map, String key) {
        return key.equals(ONLY) && map.size() == 1 ? map.values().iterator().next() : map.get(key);
    }

    private static @Nullable Object only(@Nullable Object value) {
        if (value instanceof Collection<?> list) {
            return list.size() == 1 ? list.iterator().next() : null;
        }
        if (value instanceof Object[] array) {
            return array.length == 1 ? array[0] : null;
        }
        return value;
    }
}
