// SPDX-License-Identifier: Apache-2.0
package dev.weir.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.greenbytes.http.sfv.Parser;
import org.greenbytes.http.sfv.StringItem;

/**
 * The lists of RFC 9651 as the rate-limit fields have them: items that are strings, with parameters that are integers or
 * strings. Read by a parser that somebody else wrote; whatever else it finds is an error.
 */
final class StructuredFields {

    /** One item: its string, and its parameters, each a Long or a String. */
    record Item(String name, Map<String, Object> parameters) {
        long number(String key) {
            return (Long) parameters.get(key);
        }
    }

    private StructuredFields() {}

    static List<Item> parse(String field) {
        List<Item> items = new ArrayList<>();
        for (Object element : Parser.parseList(field).get()) {
            if (!(element instanceof StringItem item)) {
                throw new IllegalArgumentException("an item is no string: " + field);
            }
            Map<String, Object> parameters = new LinkedHashMap<>();
            item.getParams().forEach((key, value) -> parameters.put(key, value.get()));
            items.add(new Item(item.get(), parameters));
        }
        return items;
    }
}
