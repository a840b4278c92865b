// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * A pattern for paths.
 *
 * <p>{@code *} stands for any characters inside one segment, {@code **} as a whole segment for any number of segments,
 * none included: {@code /api/**} matches {@code /api} and {@code /api/a/b}. A slash at the end makes no difference:
 * {@code /login} matches {@code /login/}. Case counts. The time is at most the length of the pattern times that of the
 * path; there is no back-tracking that a caller could blow up.
 *
 * <p>Immutable.
 *
 * @since 0.1
 */
public final class PathGlob {

    private static final int MAX_LENGTH = 512;
    private static final String ANY_SEGMENTS = "**";

    private final String pattern;
    private final String[] segments;
    private final String literal; // what every path that matches begins with, in whole segments; or a slash
    private final boolean plain; // nothing follows the literal
    private final boolean open; // nothing but ** follows the literal

    private PathGlob(String pattern, String[] segments) {
        this.pattern = pattern;
        this.segments = segments;
        StringBuilder prefix = new StringBuilder();
        int literals = 0;
        while (literals < segments.length && !segments[literals].isEmpty() && segments[literals].indexOf('*') < 0) {
            prefix.append('/').append(segments[literals++]);
        }
        this.plain = literals == segments.length;
        this.open = literals == segments.length - 1 && segments[literals].equals(ANY_SEGMENTS);
        this.literal = prefix.length() == 0 ? "/" : prefix.toString();
    }

    /**
     * Reads a pattern.
     *
     * @param pattern such as {@code /api/**}
     * @return the pattern
     * @throws IllegalArgumentException if it does not begin with a slash, is too long, or mixes {@code **} with other
     *     characters in one segment
     */
    public static PathGlob of(String pattern) {
        if (!pattern.startsWith("/")) {
            throw new IllegalArgumentException("a path must begin with a slash but was \"" + pattern + "\"");
        }
        if (pattern.length() > MAX_LENGTH) {
            throw new IllegalArgumentException(
                    "a path must have at most " + MAX_LENGTH + " characters but had " + pattern.length());
        }
        List<String> segments = new ArrayList<>();
        int at = 1;
        while (at < pattern.length()) {
            int slash = pattern.indexOf('/', at);
            int end = slash < 0 ? pattern.length() : slash;
            String segment = pattern.substring(at, end);
            if (segment.contains(ANY_SEGMENTS) && !segment.equals(ANY_SEGMENTS)) {
                throw new IllegalArgumentException("** must be a whole segment, as in /api/**, but was \"" + segment
                        + "\" in \"" + pattern + "\"");
            }
            segments.add(segment);
            at = end + 1;
        }
        return new PathGlob(pattern, segments.toArray(String[]::new));
    }

    /**
     * Tells whether a path matches.
     *
     * @param path the path inside the application, decoded
     * @return whether it does
     */
    public boolean matches(String path) {
        if (segments.length == 1 && segments[0].equals(ANY_SEGMENTS)) {
            return true;
        }
        int length = literal.length();
        if (length > 1) {
            // Nearly all patterns begin with plain text, which nearly all paths of others do not begin with.
            if (!path.regionMatches(1, literal, 1, length - 1)) {
                return false;
            }
            if (path.length() == length ? plain || open : open && path.charAt(length) == '/') {
                return true;
            }
        }
        int end = path.length();
        if (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return matches(path, end);
    }

    /* Design: the classic walk with one retreat. On a mismatch it suffices to let the last ** eat one segment more: an
     * earlier ** could only reach places that the last one can reach too. The same holds for * inside a segment. */
    private boolean matches(String path, int end) {
        int segment = 0;
        int at = Math.min(1, end);
        int retreatSegment = -1;
        int retreatAt = -1;
        while (at < end) {
            int slash = path.indexOf('/', at);
            int stop = slash < 0 || slash > end ? end : slash;
            if (segment < segments.length && segments[segment].equals(ANY_SEGMENTS)) {
                retreatSegment = ++segment;
                retreatAt = at;
            } else if (segment < segments.length && segmentMatches(segments[segment], path, at, stop)) {
                segment++;
                at = stop + 1;
            } else if (retreatSegment >= 0) {
                int next = path.indexOf('/', retreatAt);
                retreatAt = next < 0 || next >= end ? end + 1 : next + 1;
                segment = retreatSegment;
                at = retreatAt;
            } else {
                return false;
            }
        }
        while (segment < segments.length && segments[segment].equals(ANY_SEGMENTS)) {
            segment++;
        }
        return segment == segments.length;
    }

    private static boolean segmentMatches(String glob, String path, int from, int to) {
        int g = 0;
        int at = from;
        int retreatGlob = -1;
        int retreatAt = -1;
        while (at < to) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                retreatGlob = ++g;
                retreatAt = at;
            } else if (g < glob.length() && glob.charAt(g) == path.charAt(at)) {
                g++;
                at++;
            } else if (retreatGlob >= 0) {
                g = retreatGlob;
                at = ++retreatAt;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    /**
     * Tells whether there is a path that this pattern and another both match.
     *
     * @param other the other pattern
     * @return whether there may be one; false only where there is none
     */
    public boolean meets(PathGlob other) {
        String[] others = other.segments;
        return meet(
                segments.length,
                others.length,
                i -> segments[i].equals(ANY_SEGMENTS),
                j -> others[j].equals(ANY_SEGMENTS),
                (i, j) -> segmentsMeet(segments[i], others[j]));
    }

    private static boolean segmentsMeet(String one, String other) {
        return meet(
                one.length(),
                other.length(),
                i -> one.charAt(i) == '*',
                j -> other.charAt(j) == '*',
                (i, j) -> one.charAt(i) == other.charAt(j));
    }

    /** Whether two parts at these places can stand for the same. */
    @FunctionalInterface
    private interface Same {
        boolean at(int one, int other);
    }

    /** Whether two lists of parts, some of which stand for any number of parts, can stand for the same list. */
    private static boolean meet(int length, int otherLength, IntPredicate any, IntPredicate otherAny, Same same) {
        boolean[][] from = new boolean[length + 1][otherLength + 1]; // whether the ends from these places on can
        for (int i = length; i >= 0; i--) {
            for (int j = otherLength; j >= 0; j--) {
                boolean one = i < length;
                boolean other = j < otherLength;
                if (one && any.test(i)) {
                    from[i][j] = from[i + 1][j] || (other && from[i][j + 1]);
                } else if (other && otherAny.test(j)) {
                    from[i][j] = from[i][j + 1] || (one && from[i + 1][j]);
                } else {
                    from[i][j] = one == other && (!one || (same.at(i, j) && from[i + 1][j + 1]));
                }
            }
        }
        return from[0][0];
    }

    /** {@return the pattern as it was written} */
    @Override
    public String toString() {
        return pattern;
    }
}
