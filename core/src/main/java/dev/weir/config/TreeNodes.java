// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Node.Entry;
import dev.weir.config.Node.ListNode;
import dev.weir.config.Node.MapNode;
import dev.weir.config.Node.TextNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns mappings and lists of another program into nodes, which have no lines. */
final class TreeNodes {

    private static final int MAX_DEPTH = 50;

    private TreeNodes() {}

    /** Answers the node, with null for what is nested too deep to be a configuration. */
    static @Nullable Node of(@Nullable Object value, int depth) {
        if (depth > MAX_DEPTH) {
            return null;
        }
        if (value instanceof Map<?, ?> map) {
            return map(map, depth);
        }
        if (value instanceof List<?> list) {
            List<Node> elements = new ArrayList<>();
            for (Object element : list) {
                Node node = of(element, depth + 1);
                if (node == null) {
                    return null;
                }
                elements.add(node);
            }
            return new ListNode(0, elements);
        }
        return new TextNode(0, String.valueOf(value), value == null);
    }

    private static @Nullable Node map(Map<?, ?> map, int depth) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            Node node = of(entry.getValue(), depth + 1);
            if (node == null) {
                return null;
            }
            entries.put(String.valueOf(entry.getKey()), new Entry(0, node));
        }
        return new MapNode(0, entries);
    }
}
