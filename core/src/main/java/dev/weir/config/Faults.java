// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Collects what is wrong with one file. A file of a mebibyte can hold millions of faults, so only those that will be shown
 * are put into words and kept: the first ones in the order of the file.
 */
final class Faults {

    private static final int LONGEST_QUOTE = 60;
    private static final int LONGEST_PATH = 200;
    private static final int LONGEST_PROBLEM = 1000;
    private static final int MOST_SHOWN = 100;
    private static final int MOST_SUGGESTED = 200;

    private static final Comparator<Fault> ORDER =
            Comparator.comparingInt(Fault::line).thenComparingInt(Fault::number);

    /** Faults of one line are shown in the order in which they were found. */
    private record Fault(int line, int number, String text) {}

    private final String source;
    private final PriorityQueue<Fault> shown = new PriorityQueue<>(ORDER.reversed());
    private int count;

    Faults(String source) {
        this.source = source;
    }

    void add(int line, String path, String problem) {
        add(line, () -> path, () -> problem);
    }

    /** Takes a problem that is put into words only if it is shown. */
    void add(int line, Supplier<String> keyPath, Supplier<String> problem) {
        count++;
        Fault last = shown.size() < MOST_SHOWN ? null : shown.peek();
        if (last != null && last.line() <= line) {
            return;
        }
        String path = keyPath.get();
        String where = line > 0 ? source + ":" + line : source;
        String key = path.isEmpty() ? "" : visible(path, LONGEST_PATH) + ": ";
        shown.add(new Fault(line, count, where + ": " + key + visible(problem.get(), LONGEST_PROBLEM)));
        if (last != null) {
            shown.remove();
        }
    }

    int count() {
        return count;
    }

    void throwIfAny() {
        if (count > 0) {
            List<String> texts = new ArrayList<>(
                    shown.stream().sorted(ORDER).map(Fault::text).toList());
            if (count > shown.size()) {
                texts.add(source + ": and " + (count - shown.size()) + " more");
            }
            throw new ConfigurationException(source, texts);
        }
    }

    /** Joins the path of a key; what is too long to be shown is not built, because every key below would build it again. */
    static String path(String parent, String key) {
        if (parent.length() > LONGEST_PATH) {
            return parent;
        }
        String bounded = key.substring(0, Math.min(key.length(), LONGEST_PATH + 1));
        return parent.isEmpty() ? bounded : parent + "." + bounded;
    }

    /** Puts text of the file into quotes, shortened, and with control characters made visible. */
    static String quote(String text) {
        return '"' + visible(text, LONGEST_QUOTE) + '"';
    }

    private static String visible(String text, int longest) {
        StringBuilder quoted = new StringBuilder();
        for (int i = 0; i < Math.min(text.length(), longest); i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.isSurrogate(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append(text.length() > longest ? "…" : "").toString();
    }

    /** Offers the known word that is nearest to an unknown one, or all known words. */
    static String suggest(String unknown, Collection<String> known) {
        if (known.size() > MOST_SUGGESTED) {
            return known.size() + " others are known here";
        }
        String nearest = known.stream()
                .min(Comparator.<String>comparingInt(word -> distance(unknown, word))
                        .thenComparing(Comparator.naturalOrder()))
                .orElse("");
        int distance = distance(unknown, nearest);
        boolean near = distance <= Math.max(2, nearest.length() / 3)
                && distance < Math.min(unknown.length(), nearest.length());
        return (near ? "did you mean " + quote(nearest) + "? " : "") + "known here: "
                + String.join(", ", new TreeSet<>(known));
    }

    /** The edit distance of Levenshtein. */
    private static int distance(String a, String b) {
        if (a.length() > LONGEST_QUOTE) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
