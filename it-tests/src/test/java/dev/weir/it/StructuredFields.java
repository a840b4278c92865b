// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A strict parser of the lists of RFC 9651, as far as the rate-limit fields go: items that are strings, with parameters
 * that are integers or strings. Whatever else it meets is an error.
 */
final class StructuredFields {

    /** One item: its string, and its parameters, each a Long or a String. */
    record Item(String name, Map<String, Object> parameters) {
        long number(String key) {
            return (Long) parameters.get(key);
        }
    }

    private final String text;
    private int at;

    private StructuredFields(String text) {
        this.text = text;
    }

    static List<Item> parse(String field) {
        return new StructuredFields(field).list();
    }

    private List<Item> list() {
        List<Item> items = new ArrayList<>();
        while (true) {
            items.add(new Item(string(), parameters()));
            skipBlanks();
            if (at == text.length()) {
                return items;
            }
            expect(',');
            skipBlanks();
        }
    }

    private Map<String, Object> parameters() {
        Map<String, Object> parameters = new LinkedHashMap<>();
        while (at < text.length() && text.charAt(at) == ';') {
            at++;
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            String key = key();
            expect('=');
            Object value = text.charAt(at) == '"' ? (Object) string() : (Object) integer();
            if (parameters.put(key, value) != null) {
                throw error("parameter " + key + " twice");
            }
        }
        return parameters;
    }

    private String key() {
        int from = at;
        while (at < text.length() && isKey(text.charAt(at), at == from)) {
            at++;
        }
        if (at == from) {
            throw error("no key");
        }
        return text.substring(from, at);
    }

    private static boolean isKey(char c, boolean first) {
        return (c >= 'a' && c <= 'z')
                || c == '*'
                || (!first && ((c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'));
    }

    private String string() {
        expect('"');
        StringBuilder value = new StringBuilder();
        while (true) {
            if (at == text.length()) {
                throw error("a string without end");
            }
            char c = text.charAt(at++);
            if (c == '"') {
                return value.toString();
            }
            if (c == '\\') {
                c = at < text.length() ? text.charAt(at++) : ' ';
                if (c != '"' && c != '\\') {
                    throw error("a wrong escape");
                }
            } else if (c < 0x20 || c > 0x7e) {
                throw error("a character that no string holds");
            }
            value.append(c);
        }
    }

    private Long integer() {
        int from = at;
        if (at < text.length() && text.charAt(at) == '-') {
            at++;
        }
        int digits = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        if (at == digits || at - digits > 15) {
            throw error("an integer must have 1 to 15 digits");
        }
        return Long.valueOf(text.substring(from, at));
    }

    private void skipBlanks() {
        while (at < text.length() && (text.charAt(at) == ' ' || text.charAt(at) == '\t')) {
            at++;
        }
    }

    private void expect(char c) {
        if (at == text.length() || text.charAt(at) != c) {
            throw error("expected " + c);
        }
        at++;
    }

    private IllegalArgumentException error(String problem) {
        return new IllegalArgumentException(problem + " at " + at + " of " + text);
    }
}
