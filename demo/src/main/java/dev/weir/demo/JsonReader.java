// SPDX-License-Identifier: Apache-2.0
package dev.weir.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON as maps, lists, texts, whole numbers, fractions, truth values and null; strict, and bounded in depth. A name that
 * comes twice is an error. Not thread-safe; use it once.
 */
final class JsonReader {

    private static final int MAX_DEPTH = 20;
    private static final int MAX_DIGITS = 18;
    private static final int HEX = 16;

    private final String text;
    private int at;

    private JsonReader(String text) {
        this.text = text;
    }

    /**
     * Reads an object.
     *
     * @throws IllegalArgumentException if the text is anything else, with the place
     */
    static Map<String, Object> object(String text) {
        JsonReader reader = new JsonReader(text);
        reader.space();
        Map<String, Object> object = reader.object(0);
        reader.space();
        if (reader.at < text.length()) {
            throw reader.wrong("nothing more");
        }
        return object;
    }

    private IllegalArgumentException wrong(String expected) {
        return new IllegalArgumentException("the body is not JSON: expected " + expected + " at character " + (at + 1));
    }

    private Object value(int depth) {
        space();
        if (depth > MAX_DEPTH) {
            throw wrong("less depth");
        }
        char next = at < text.length() ? text.charAt(at) : ' ';
        return switch (next) {
            case '{' -> object(depth);
            case '[' -> list(depth);
            case '"' -> string();
            case 't' -> word("true", true);
            case 'f' -> word("false", false);
            case 'n' -> word("null", null);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        expect('{');
        Map<String, Object> object = new LinkedHashMap<>();
        space();
        while (!take('}')) {
            if (!object.isEmpty()) {
                expect(',');
                space();
            }
            String name = string();
            space();
            expect(':');
            if (object.containsKey(name)) {
                throw wrong("each name once");
            }
            object.put(name, value(depth + 1));
            space();
        }
        return object;
    }

    private List<Object> list(int depth) {
        expect('[');
        List<Object> list = new ArrayList<>();
        space();
        while (!take(']')) {
            if (!list.isEmpty()) {
                expect(',');
            }
            list.add(value(depth + 1));
            space();
        }
        return list;
    }

    private String string() {
        expect('"');
        StringBuilder string = new StringBuilder();
        while (!take('"')) {
            char c = next();
            if (c < ' ') {
                throw wrong("no control character");
            }
            string.append(c == '\\' ? escaped() : c);
        }
        return string.toString();
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unit();
            default -> throw wrong("an escape");
        };
    }

    private char unit() {
        if (at + 4 > text.length() || !text.substring(at, at + 4).matches("[0-9A-Fa-f]{4}")) {
            throw wrong("four hexadecimal digits");
        }
        at += 4;
        return (char) Integer.parseInt(text.substring(at - 4, at), HEX);
    }

    private Object number() {
        int start = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        String number = text.substring(start, at);
        if (number.matches("-?(0|[1-9][0-9]*)") && number.length() <= MAX_DIGITS) {
            return Long.parseLong(number);
        }
        if (number.matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?")) {
            return Double.parseDouble(number);
        }
        at = start;
        throw wrong("a value");
    }

    private Object word(String word, Object meaning) {
        if (!text.startsWith(word, at)) {
            throw wrong("a value");
        }
        at += word.length();
        return meaning;
    }

    private char next() {
        if (at >= text.length()) {
            throw wrong("more");
        }
        return text.charAt(at++);
    }

    private boolean take(char c) {
        if (at < text.length() && text.charAt(at) == c) {
            at++;
            return true;
        }
        if (at >= text.length()) {
            throw wrong("'" + c + "'");
        }
        return false;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw wrong("'" + c + "'");
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }
}
