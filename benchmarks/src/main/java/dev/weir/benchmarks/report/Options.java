// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command line asks for. Immutable.
 *
 * @param command which comparison, or {@code report}; empty if none was named
 * @param quick whether a rough answer in about two minutes is enough
 * @param help whether only the usage is wanted
 * @param root the folder of the repository
 * @param out where the files go, laid out as in the repository
 */
public record Options(String command, boolean quick, boolean help, Path root, Path out) {

    /** What can be asked for. */
    public static final String USAGE = """
            Usage: ./weir bench COMMAND [--quick] [--out DIR]

              memory       decisions in memory, beside other limiters: time, bytes per operation, bytes per key
              http         what a request costs the server, on Tomcat and Jetty
              redis        decisions in Redis, beside other clients of it: time, and work for the server
              redis-curves the same from 1, 2 and 4 processes, over 1 to 4 buckets, for 10 to 1,000,000 identities
              http-profile where the time and the memory of each limiter go; prints it, writes nothing
              report       writes docs/benchmarks.md anew from benchmarks/results
              --quick      a rough answer in about two minutes, into benchmarks/target/bench
              --out DIR    puts the files there, and not into docs and benchmarks/results
              --help       prints this
            """;

    /** Says what is wrong with a command line. */
    public static final class UsageException extends Exception {

        private static final long serialVersionUID = 1;

        /**
         * Says it.
         *
         * @param message what is wrong
         */
        public UsageException(String message) {
            super(message);
        }
    }

    /**
     * Reads a command line; of an option that is given twice, the last counts.
     *
     * @param args the words
     * @return what they ask for
     * @throws UsageException if they say something unknown
     */
    public static Options parse(String... args) throws UsageException {
        String command = "";
        boolean quick = false;
        boolean help = false;
        Path root = Path.of("");
        Path out = null;
        for (Iterator<String> words = List.of(args).iterator(); words.hasNext(); ) {
            String word = words.next();
            switch (word) {
                case "--quick" -> quick = true;
                case "--root" -> root = Path.of(value(word, words));
                case "--out" -> out = Path.of(value(word, words));
                case "--help", "-h" -> help = true;
                default -> {
                    if (word.startsWith("-") || !command.isEmpty()) {
                        throw new UsageException("There is no option " + word + ".");
                    }
                    command = word;
                }
            }
        }
        return new Options(command, quick, help, root, destination(root, quick, out));
    }

    private static Path destination(Path root, boolean quick, @Nullable Path out) {
        if (out != null) {
            return out;
        }
        return quick ? root.resolve("benchmarks/target/bench") : root;
    }

    private static String value(String option, Iterator<String> words) throws UsageException {
        if (!words.hasNext()) {
            throw new UsageException(option + " needs a value.");
        }
        return words.next();
    }
}
