// SPDX-License-Identifier: Apache-2.0
package dev.weir.plan;

import java.util.List;

/** What must hold of every pattern and path, whoever made them up: the plainest matcher there is agrees. */
final class PathGlobProperties {

    private PathGlobProperties() {}

    /** Checks a pattern, if it is one, on a path. Answers whether it matched. */
    static boolean check(String pattern, String path) {
        PathGlob glob;
        try {
            glob = PathGlob.of(pattern);
        } catch (IllegalArgumentException e) {
            return false;
        }
        boolean expected = naive(segments(pattern), segments(path.length() > 1 ? withoutSlash(path) : path));
        if (glob.matches(path) != expected) {
            throw new AssertionError("<" + pattern + "> must " + (expected ? "" : "not ") + "match <" + path + ">");
        }
        return expected;
    }

    /** What stands behind the slashes; a slash at the end of either says nothing, and one more at the end of a path. */
    private static List<String> segments(String text) {
        String bare = text.substring(1);
        return bare.isEmpty() ? List.of() : List.of(withoutSlash(bare).split("/", -1));
    }

    private static String withoutSlash(String text) {
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    /** Which prefixes of the path each prefix of the pattern matches, in a table. */
    private static boolean naive(List<String> pattern, List<String> path) {
        boolean[] matched = new boolean[path.size() + 1];
        matched[0] = true;
        for (String segment : pattern) {
            boolean[] next = new boolean[path.size() + 1];
            for (int i = 0; i <= path.size(); i++) {
                if (segment.equals("**")) {
                    next[i] = matched[i] || (i > 0 && next[i - 1]);
                } else {
                    next[i] = i > 0 && matched[i - 1] && naive(segment, path.get(i - 1));
                }
            }
            matched = next;
        }
        return matched[path.size()];
    }

    private static boolean naive(String glob, String text) {
        boolean[] matched = new boolean[text.length() + 1];
        matched[0] = true;
        for (int at = 0; at < glob.length(); at++) {
            char c = glob.charAt(at);
            boolean[] next = new boolean[text.length() + 1];
            for (int i = 0; i <= text.length(); i++) {
                next[i] = c == '*'
                        ? matched[i] || (i > 0 && next[i - 1])
                        : i > 0 && matched[i - 1] && text.charAt(i - 1) == c;
            }
            matched = next;
        }
        return matched[text.length()];
    }
}
