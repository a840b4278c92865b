// SPDX-License-Identifier: Apache-2.0
package dev.weir.identity;

import org.jspecify.annotations.Nullable;

/** One element of the header {@code Forwarded} of RFC 7239, section 4. */
final class ForwardedElement {

    private ForwardedElement() {}

    /** Answers the node of its one parameter {@code for}, without quotes, or null if it has none, two, or bad quotes. */
    static @Nullable String node(String element) {
        String node = null;
        for (String pair : element.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals < 0 || !pair.substring(0, equals).strip().equalsIgnoreCase("for")) {
                continue;
            }
            if (node != null) {
                return null;
            }
            node = unquote(pair.substring(equals + 1).strip());
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    /** An address needs no escapes, so a backslash inside the quotes makes the value no address. */
    private static @Nullable String unquote(String value) {
        if (value.indexOf('"') < 0) {
            return value;
        }
        boolean quoted = value.length() >= 2 && value.charAt(0) == '"' && value.charAt(value.length() - 1) == '"';
        return quoted && value.indexOf('"', 1) == value.length() - 1 ? value.substring(1, value.length() - 1) : null;
    }
}
