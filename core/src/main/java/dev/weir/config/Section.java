// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.config.Node.Entry;
import dev.weir.config.Node.ListNode;
import dev.weir.config.Node.MapNode;
import dev.weir.config.Node.TextNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One mapping of the file while it is read. Each key that a reader asks for is known from then on; {@link #close()}
 * reports the others. A value that does not fit is reported and answered with the default, so that reading goes on and
 * finds the other faults.
 */
final class Section implements AutoCloseable {

    private static final int MAX_TEXTS = 10_000;

    private final MapNode map;
    private final String path;
    private final Faults faults;
    private final Set<String> known = new LinkedHashSet<>();

    Section(MapNode map, String path, Faults faults) {
        this.map = map;
        this.path = path;
        this.faults = faults;
    }

    static Section of(Node node, String path, Faults faults) {
        if (node instanceof MapNode map) {
            return new Section(map, path, faults);
        }
        if (!(node instanceof TextNode text && text.isNull())) {
            faults.add(node.line(), path, "must be a mapping of keys to values but was " + node.describe());
        }
        return new Section(new MapNode(node.line(), Map.of()), path, faults);
    }

    Faults faults() {
        return faults;
    }

    int line() {
        return map.line();
    }

    String path() {
        return path;
    }

    /** The path of a key, for messages. */
    String path(String key) {
        return Faults.path(path, key);
    }

    boolean has(String key) {
        known.add(key);
        return map.entries().containsKey(key);
    }

    void fault(String key, String problem) {
        fault(key, () -> problem);
    }

    void fault(String key, Supplier<String> problem) {
        Entry entry = map.entries().get(key);
        faults.add(entry == null ? map.line() : entry.line(), () -> path(key), problem);
    }

    /** Runs what may refuse its arguments; a refusal is reported at the key and answered with null. */
    <T> @Nullable T attempt(String key, Supplier<T> action) {
        try {
            return action.get();
        } catch (IllegalArgumentException e) {
            fault(key, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** Runs what may refuse its arguments; a refusal is reported at the key. */
    void check(String key, Runnable action) {
        try {
            action.run();
        } catch (IllegalArgumentException e) {
            fault(key, String.valueOf(e.getMessage()));
        }
    }

    /** Whether a list stands there that is empty, which is no fault by itself. */
    boolean isEmptyList(String key) {
        return node(key) instanceof ListNode list && list.elements().isEmpty();
    }

    /** Reports something about the whole mapping. */
    void fault(String problem) {
        faults.add(map.line(), path, problem);
    }

    @Nullable Node node(String key) {
        known.add(key);
        Entry entry = map.entries().get(key);
        return entry == null ? null : entry.value();
    }

    /** The keys of a mapping whose keys are names. */
    Set<String> names() {
        for (String name : map.entries().keySet()) {
            known.add(name);
            if (name.isBlank()) {
                faults.add(map.line(), path, "has an empty name");
            }
        }
        return map.entries().keySet();
    }

    Section section(String key) {
        Node node = node(key);
        return node == null
                ? new Section(new MapNode(map.line(), Map.of()), path(key), faults)
                : of(node, path(key), faults);
    }

    /** The elements of a list; a single value is taken for a list of one only where {@code orOne}. */
    List<Node> list(String key, boolean orOne) {
        Node node = node(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof ListNode list) {
            return list.elements();
        }
        if (orOne) {
            return List.of(node);
        }
        fault(key, "must be a list, such as [a, b], but was " + node.describe());
        return List.of();
    }

    @Nullable String text(String key) {
        Node node = node(key);
        if (node == null) {
            return null;
        }
        return node instanceof TextNode text && !text.isNull() ? text.text() : mustBeText(key, node);
    }

    private @Nullable String mustBeText(String key, Node node) {
        boolean isNull = node instanceof TextNode;
        fault(key, isNull ? "must have a value but has none" : "must be a single value but was " + node.describe());
        return null;
    }

    String text(String key, String otherwise) {
        String text = text(key);
        return text == null ? otherwise : text;
    }

    List<String> texts(String key) {
        List<String> texts = new ArrayList<>();
        List<Node> elements = list(key, false);
        if (elements.size() > MAX_TEXTS) {
            fault(key, "must list at most " + MAX_TEXTS + " values but lists " + elements.size());
            return texts;
        }
        for (Node element : elements) {
            if (element instanceof TextNode text && !text.isNull()) {
                texts.add(text.text());
            } else {
                faults.add(element.line(), path(key), "must hold single values but holds " + element.describe());
            }
        }
        return texts;
    }

    /** A list of texts, each turned into something by what may refuse it. */
    <T> List<T> texts(String key, Function<String, T> reader) {
        List<T> read = new ArrayList<>();
        for (String text : texts(key)) {
            T value = attempt(key, () -> reader.apply(text));
            if (value != null) {
                read.add(value);
            }
        }
        return read;
    }

    long integer(String key, long min, long max, long otherwise) {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        if (text.matches("-?[0-9]{1,18}")) {
            long number = Long.parseLong(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        fault(key, "must be a whole number from " + min + " to " + max + " but was " + Faults.quote(text));
        return otherwise;
    }

    boolean bool(String key, boolean otherwise) {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        if (!text.equals("true") && !text.equals("false")) {
            fault(key, "must be true or false but was " + Faults.quote(text));
            return otherwise;
        }
        return text.equals("true");
    }

    int percent(String key, int otherwise) {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        if (text.matches("[1-9][0-9]?%|100%")) {
            return Integer.parseInt(text.substring(0, text.length() - 1));
        }
        fault(key, "must be a percentage from 1% to 100% but was " + Faults.quote(text));
        return otherwise;
    }

    Duration duration(String key, Duration min, Duration max, Duration otherwise) {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        Duration duration = parseDuration(text);
        if (duration == null || duration.compareTo(min) < 0 || duration.compareTo(max) > 0) {
            fault(
                    key,
                    "must be a time from " + words(min) + " to " + words(max) + ", such as " + words(otherwise)
                            + ", but was " + Faults.quote(text));
            return otherwise;
        }
        return duration;
    }

    private static @Nullable Duration parseDuration(String text) {
        if (text.matches("[0-9]{1,9}ms")) {
            return Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)));
        }
        return text.matches("[0-9]{1,9}s")
                ? Duration.ofSeconds(Long.parseLong(text.substring(0, text.length() - 1)))
                : null;
    }

    private static String words(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
        String text = text(key);
        if (text == null) {
            return otherwise;
        }
        E found = Choices.find(type, text);
        if (found == null) {
            fault(key, "must be one of " + String.join(", ", Choices.words(type)) + " but was " + Faults.quote(text));
            return otherwise;
        }
        return found;
    }

    /** Reports the keys that no reader asked for. */
    @Override
    public void close() {
        map.entries().forEach((key, entry) -> {
            if (!known.contains(key)) {
                faults.add(entry.line(), () -> path(key), () -> "unknown key; " + Faults.suggest(key, known));
            }
        });
    }
}
