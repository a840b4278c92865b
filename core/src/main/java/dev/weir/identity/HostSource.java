// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one label of a host's name before a suffix: {@code acme} of {@code acme.example.com}. */
final class HostSource implements IdentitySource {

    private static final String SUFFIX = "([a-z0-9-]{1,63}\\.)*[a-z0-9-]{1,63}";
    private static final int MAX_LENGTH = 253;

    private final List<String> suffixes;

    HostSource(List<String> suffixes) {
        if (suffixes.isEmpty()) {
            throw new IllegalArgumentException("host must list at least one suffix, such as example.com");
        }
        for (String suffix : suffixes) {
            if (!suffix.matches(SUFFIX) || suffix.length() > MAX_LENGTH) {
                throw new IllegalArgumentException(
                        "\"" + suffix + "\" is not the end of a host's name in small letters, such as example.com");
            }
        }
        this.suffixes = List.copyOf(suffixes);
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        String host = request.host();
        if (host == null || host.length() > MAX_LENGTH + 1) {
            return null;
        }
        String lower = host.toLowerCase(Locale.ROOT);
        String name = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        if (suffixes.contains(name)) {
            return null;
        }
        for (String suffix : suffixes) {
            int label = name.length() - suffix.length() - 1;
            if (label > 0 && name.endsWith(suffix) && name.indexOf('.') == label) {
                return name.substring(0, label);
            }
        }
        return null;
    }
}
