// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** Collects what is wrong with one file. */
final class Faults {

    private static final int LONGEST_QUOTE = 60;
    private static final int LONGEST_PATH = 200;
    private static final int MOST_SHOWN = 100;

    private record Fault(int line, String text) {}

    private final String source;
    private final List<Fault> faults = new ArrayList<>();

    Faults(String source) {
        this.source = source;
    }

    void add(int line, String path, String problem) {
        String where = line > 0 ? source + ":" + line : source;
        String shown = path.isEmpty() ? "" : visible(path, LONGEST_PATH) + ": ";
        faults.add(new Fault(line, where + ": " + shown + visible(problem, Integer.MAX_VALUE)));
    }

    int count() {
        return faults.size();
    }

    void throwIfAny() {
        if (!faults.isEmpty()) {
            List<String> shown = new ArrayList<>(faults.stream()
                    .sorted(Comparator.comparingInt(Fault::line))
                    .limit(MOST_SHOWN)
                    .map(Fault::text)
                    .toList());
            if (faults.size() > MOST_SHOWN) {
                shown.add(source + ": and " + (faults.size() - MOST_SHOWN) + " more");
            }
            throw new ConfigurationException(source, shown);
        }
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
