// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import org.jspecify.annotations.Nullable;

/** One address as proxies and containers write it: with a port, in brackets, with a zone, or plain. */
final class Hop {

    private static final int MAX_LENGTH = 64;

    private Hop() {}

    /** Answers null for anything that does not hold exactly one address, such as {@code unknown} or {@code _hidden}. */
    static @Nullable IpAddress parse(String token) {
        String text = trim(token);
        if (text.isEmpty() || text.length() > MAX_LENGTH) {
            return null;
        }
        if (text.charAt(0) == '[') {
            int close = text.indexOf(']');
            boolean v6WithEnd = close > 0 && (close == text.length() - 1 || isPort(text, close + 1));
            int colon = text.indexOf(':');
            return v6WithEnd && colon >= 0 && colon < close ? withoutZone(text.substring(1, close)) : null;
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && colon == text.lastIndexOf(':')) {
            return isPort(text, colon) ? IpAddress.parse(text.substring(0, colon)) : null;
        }
        return withoutZone(text);
    }

    private static @Nullable IpAddress withoutZone(String text) {
        int percent = text.indexOf('%');
        if (percent < 0) {
            return IpAddress.parse(text);
        }
        boolean v6WithZone = text.indexOf(':') >= 0 && text.indexOf(':') < percent && percent < text.length() - 1;
        return v6WithZone ? IpAddress.parse(text.substring(0, percent)) : null;
    }

    private static boolean isPort(String text, int colon) {
        int digits = text.length() - colon - 1;
        if (text.charAt(colon) != ':' || digits < 1 || digits > 5) {
            return false;
        }
        for (int i = colon + 1; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Removes what RFC 9110 calls optional white space, and no other. */
    private static String trim(String token) {
        int from = 0;
        int to = token.length();
        while (from < to && isSpace(token.charAt(from))) {
            from++;
        }
        while (to > from && isSpace(token.charAt(to - 1))) {
            to--;
        }
        return token.substring(from, to);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t';
    }
}
