// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.weir.config.Node.Entry;
import dev.weir.config.Node.ListNode;
import dev.weir.config.Node.MapNode;
import dev.weir.config.Node.TextNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of a file into nodes, strictly: no anchors, no tags, no duplicate keys, one document, bounded in depth.
 * Size is bounded before.
 */
final class NodeReader {

    private static final int MAX_DEPTH = 50;
    private static final char NEXT_LINE = 0x85;
    private static final Pattern MARK = Pattern.compile("(?m)^ in .*, line ([0-9]{1,9}), column [0-9]+:$");
    private static final Pattern START_MARKER = Pattern.compile(" \\(start marker at .*\\)");

    private final JsonParser parser;
    private final Faults faults;

    private NodeReader(JsonParser parser, Faults faults) {
        this.parser = parser;
        this.faults = faults;
    }

    /* Design: the usual pool keeps buffers in a thread-local, and with them the class loader of an application that has
     * ended. One file is read at a start, so nothing is gained by keeping any. */
    private static JsonFactory factory(boolean json) {
        JsonFactory factory = json ? new JsonFactory() : new YAMLFactory();
        return factory.setRecyclerPool(JsonRecyclerPools.nonRecyclingPool());
    }

    /** Answers null if the text does not parse; the faults then say why. */
    static @Nullable Node read(String source, String text, Faults faults) {
        int control = controlAt(text);
        if (control >= 0) {
            int line = 1
                    + (int) text.substring(0, control)
                            .chars()
                            .filter(c -> c == '\n')
                            .count();
            faults.add(
                    line,
                    "",
                    String.format("holds the control character U+%04X; remove it", (int) text.charAt(control)));
            return null;
        }
        boolean json = source.toLowerCase(Locale.ROOT).endsWith(".json");
        JsonFactory factory = factory(json);
        try (JsonParser parser = factory.createParser(text)) {
            return new NodeReader(parser, faults).document();
        } catch (JsonProcessingException e) {
            String message = e.getOriginalMessage();
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            Matcher mark = MARK.matcher(message);
            while (mark.find()) {
                line = Integer.parseInt(mark.group(1));
            }
            faults.add(line, "", "this is not " + (json ? "JSON: " : "YAML: ") + reason(message));
            return null;
        } catch (IOException e) {
            throw new IllegalStateException("text in memory cannot fail to be read", e);
        }
    }

    private static int controlAt(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) && c != '\t' && c != '\n' && c != '\r' && c != NEXT_LINE) {
                return i;
            }
        }
        return -1;
    }

    /** Keeps what the parser says is wrong, without the excerpt of the file that it adds. */
    private static String reason(String message) {
        List<String> kept = new ArrayList<>();
        for (String line : message.split("\n", -1)) {
            String trimmed = line.strip();
            if (!trimmed.isEmpty() && !line.startsWith(" ")) {
                kept.add(trimmed);
            }
        }
        String reason = String.join(", ", kept);
        if (reason.contains("TAB")) {
            return "a tab cannot indent or begin a value; use spaces";
        }
        if (reason.startsWith("Expected a field name")) {
            return "a key must be plain text";
        }
        return reason.contains("non-standard) comment")
                ? "comments are not part of it; remove them, or write YAML"
                : START_MARKER.matcher(reason).replaceAll("");
    }

    private @Nullable Node document() throws IOException {
        if (parser.nextToken() == null) {
            faults.add(1, "", "the file is empty");
            return null;
        }
        Node root = node("", 0);
        if (root != null && parser.nextToken() != null) {
            faults.add(line(), "", "there is a second document; a configuration is one document");
            return null;
        }
        return root;
    }

    private int line() {
        return parser.currentTokenLocation().getLineNr();
    }

    private @Nullable Node node(String path, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            faults.add(line(), "", "the file is nested more than " + MAX_DEPTH + " levels deep");
            return null;
        }
        if (isMarked(path)) {
            return null;
        }
        return switch (parser.currentToken()) {
            case START_OBJECT -> map(path, depth);
            case START_ARRAY -> list(path, depth);
            case VALUE_NULL -> new TextNode(line(), parser.getText(), true);
            default -> new TextNode(line(), parser.getText(), false);
        };
    }

    private boolean isMarked(String path) throws IOException {
        boolean marked = parser.getTypeId() != null || parser.getObjectId() != null || isAlias();
        if (marked) {
            faults.add(line(), path, "anchors, aliases and tags are not taken; write the value out");
        }
        return marked;
    }

    private boolean isAlias() throws IOException {
        return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
    }

    private @Nullable Node map(String path, int depth) throws IOException {
        int line = line();
        Map<String, Entry> entries = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = parser.currentName();
            int keyLine = line();
            String keyPath = Faults.path(path, key);
            if (isMarked(keyPath)) {
                return null;
            }
            parser.nextToken();
            Node value = node(keyPath, depth + 1);
            if (value == null) {
                return null;
            }
            Entry first = entries.putIfAbsent(key, new Entry(keyLine, value));
            if (first != null) {
                faults.add(
                        keyLine, keyPath, "this key stands in line " + first.line() + " already; keep one of the two");
            }
        }
        return new MapNode(line, entries);
    }

    private @Nullable Node list(String path, int depth) throws IOException {
        int line = line();
        List<Node> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            Node element = node(path + "[" + elements.size() + "]", depth + 1);
            if (element == null) {
                return null;
            }
            elements.add(element);
        }
        return new ListNode(line, elements);
    }
}
