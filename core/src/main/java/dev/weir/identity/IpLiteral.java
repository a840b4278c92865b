// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import org.jspecify.annotations.Nullable;

/** Reading and writing addresses as text: RFC 4291 section 2.2 in, RFC 5952 out, ASCII only. */
final class IpLiteral {

    private static final int MAX_LENGTH = 45;
    private static final int GROUPS = 8;

    private IpLiteral() {}

    static @Nullable IpAddress parse(String text) {
        int length = text.length();
        if (length < 2 || length > MAX_LENGTH) {
            return null;
        }
        if (text.indexOf(':') < 0) {
            long v4 = parseV4(text, 0);
            // Without leading zeros there is one way to write an IPv4 address, so this is its canonical text.
            return v4 < 0 ? null : IpAddress.ofV4((int) v4, text);
        }
        return parseV6(text);
    }

    /** Reads a dotted quad from the given place to the end; answers -1 if it is anything else. */
    private static long parseV4(String text, int from) {
        long bits = 0;
        int at = from;
        for (int octet = 0; octet < 4; octet++) {
            if (octet > 0 && (at >= text.length() || text.charAt(at++) != '.')) {
                return -1;
            }
            int start = at;
            int value = 0;
            while (at < text.length() && at - start < 3 && isDigit(text.charAt(at))) {
                value = value * 10 + text.charAt(at++) - '0';
            }
            if (at == start || value > 255 || (at - start > 1 && text.charAt(start) == '0')) {
                return -1;
            }
            bits = bits << 8 | value;
        }
        return at == text.length() ? bits : -1;
    }

    private static @Nullable IpAddress parseV6(String text) {
        int[] groups = new int[GROUPS];
        int count = 0;
        int gap = -1; // how many groups stand before "::"
        int at = 0;
        if (text.startsWith("::")) {
            gap = 0;
            at = 2;
        }
        while (at < text.length()) {
            if (count == GROUPS) {
                return null;
            }
            int start = at;
            int value = 0;
            while (at < text.length() && at - start < 4 && hex(text.charAt(at)) >= 0) {
                value = value << 4 | hex(text.charAt(at++));
            }
            if (at < text.length() && text.charAt(at) == '.') {
                long v4 = count <= GROUPS - 2 ? parseV4(text, start) : -1;
                if (v4 < 0) {
                    return null;
                }
                groups[count++] = (int) (v4 >>> 16);
                groups[count++] = (int) (v4 & 0xFFFF);
                at = text.length();
                break;
            }
            if (at == start) {
                return null;
            }
            groups[count++] = value;
            if (at == text.length()) {
                break;
            }
            if (text.charAt(at++) != ':' || at == text.length()) {
                return null;
            }
            if (text.charAt(at) == ':') {
                if (gap >= 0) {
                    return null;
                }
                gap = count;
                at++;
            }
        }
        return assemble(groups, count, gap);
    }

    private static @Nullable IpAddress assemble(int[] groups, int count, int gap) {
        if (gap < 0 ? count != GROUPS : count == GROUPS) {
            return null;
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < GROUPS; i++) {
            int from = gap < 0 || i < gap ? i : i - (GROUPS - count);
            long value = from >= 0 && (gap < 0 || i < gap || i >= gap + GROUPS - count) ? groups[from] : 0;
            if (i < GROUPS / 2) {
                high = high << 16 | value;
            } else {
                low = low << 16 | value;
            }
        }
        return IpAddress.ofV6(high, low);
    }

    static String formatV4(int bits) {
        return (bits >>> 24) + "." + (bits >>> 16 & 255) + "." + (bits >>> 8 & 255) + "." + (bits & 255);
    }

    static String formatV6(long high, long low) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            long half = i < GROUPS / 2 ? high : low;
            groups[i] = (int) (half >>> (48 - 16 * (i % 4))) & 0xFFFF;
        }
        int bestStart = -1;
        int bestLength = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > bestLength) {
                bestStart = i;
                bestLength = end - i;
            }
            i = Math.max(i, end);
        }
        StringBuilder text = new StringBuilder(MAX_LENGTH);
        for (int i = 0; i < GROUPS; i++) {
            if (i == bestStart) {
                text.append("::");
                i += bestLength - 1;
                continue;
            }
            if (text.length() > 0 && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static int hex(char c) {
        if (isDigit(c)) {
            return c - '0';
        }
        char lower = (char) (c | 0x20);
        return lower >= 'a' && lower <= 'f' && c < 0x80 ? lower - 'a' + 10 : -1;
    }
}
