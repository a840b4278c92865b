// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import org.jspecify.annotations.Nullable;

/** One segment of the path: {@code acme} of {@code /t/acme/orders} for {@code /t/{tenant}/**}. */
final class PathSource implements IdentitySource {

    private static final int MAX_LENGTH = 512;
    private static final String ANY = "*";
    private static final String REST = "/**";

    private final String[] segments;
    private final int place;
    private final boolean open;

    /**
     * Reads a pattern of whole segments, each of them plain text or {@code *}, with {@code /**} perhaps at the end.
     *
     * @param part the name in braces that marks the segment
     */
    PathSource(String pattern, String part) {
        this.open = pattern.endsWith(REST);
        String fixed = open ? pattern.substring(0, pattern.length() - REST.length()) : pattern;
        String mark = "{" + part + "}";
        int found = -1;
        boolean plain = fixed.startsWith("/") && pattern.length() <= MAX_LENGTH;
        this.segments = plain ? fixed.substring(1).split("/", -1) : new String[0];
        for (int i = 0; i < segments.length; i++) {
            if (segments[i].equals(mark) && found < 0) {
                found = i;
            } else {
                plain &= segments[i].equals(ANY) || segments[i].matches("[^*{}]+");
            }
        }
        if (!plain || found < 0) {
            throw new IllegalArgumentException("\"" + pattern + "\" must be a path with one segment " + mark
                    + ", such as /t/" + mark + "/**; other segments are plain text or *");
        }
        this.place = found;
    }

    @Override
    public @Nullable String find(RateLimitRequest request) {
        String path = request.path();
        int end = path.endsWith("/") ? path.length() - 1 : path.length();
        String name = null;
        int at = 1;
        for (int i = 0; i < segments.length; i++) {
            if (at > end) {
                return null;
            }
            int slash = path.indexOf('/', at);
            int stop = slash < 0 || slash > end ? end : slash;
            int length = stop - at;
            if (i == place) {
                name = path.substring(at, stop);
            } else if (!segments[i].equals(ANY)
                    && !(segments[i].length() == length && path.startsWith(segments[i], at))) {
                return null;
            }
            at = stop + 1;
        }
        return open || at > end ? name : null;
    }
}
