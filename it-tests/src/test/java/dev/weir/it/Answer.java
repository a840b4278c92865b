// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.util.List;
import java.util.Map;

/** What came back: the headers' names in any case. */
record Answer(int status, Map<String, List<String>> headers, String body) {

    List<String> lines(String name) {
        return headers.getOrDefault(name, List.of());
    }

    boolean has(String name) {
        return !lines(name).isEmpty();
    }

    /** The one line of a header; fails if there are none or several. */
    String header(String name) {
        List<String> lines = lines(name);
        if (lines.size() != 1) {
            throw new AssertionError("expected one " + name + " but there are " + lines + " in " + headers);
        }
        return lines.get(0);
    }

    long number(String name) {
        return Long.parseLong(header(name));
    }
}
