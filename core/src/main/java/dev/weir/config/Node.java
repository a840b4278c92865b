// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.util.List;
import java.util.Map;

/** What a file holds, with the line of each piece. Every scalar is text: only its place says what it means. */
sealed interface Node {

    /** The line on which it begins, from 1. */
    int line();

    /** A mapping; keys in the order of the file. */
    record MapNode(int line, Map<String, Entry> entries) implements Node {}

    /** A sequence. */
    record ListNode(int line, List<Node> elements) implements Node {}

    /** A scalar; {@code isNull} for a key with nothing behind it. */
    record TextNode(int line, String text, boolean isNull) implements Node {}

    /** A value with the line of its key. */
    record Entry(int line, Node value) {}

    /** What it is, for messages. */
    default String describe() {
        if (this instanceof MapNode) {
            return "a mapping";
        }
        if (this instanceof ListNode) {
            return "a list";
        }
        TextNode text = (TextNode) this;
        return text.isNull() ? "nothing" : Faults.quote(text.text());
    }
}
