// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import dev.weir.ThreadUse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads all files of a folder, and prints a line for each: name, milliseconds of processor time, and what became of it.
 * {@link HostileFileTest} runs it in a JVM of little memory.
 */
final class HostileFileReader {

    private HostileFileReader() {}

    public static void main(String[] args) throws IOException, ReflectiveOperationException {
        for (int i = 0; i < 30; i++) {
            outcome(() -> Configuration.parse("warm-up.yaml", "rules: [{name: a, rate: 0/s}]\nkey: {a: 1}\n"));
        }
        List<Path> files;
        try (Stream<Path> listed = Files.list(Path.of(args[0]))) {
            files = listed.sorted().toList();
        }
        for (Path file : files) {
            long before = ThreadUse.processorNanos();
            String outcome = outcome(() -> Configuration.read(file));
            long millis = (ThreadUse.processorNanos() - before) / 1_000_000;
            System.out.println(file.getFileName() + "\t" + millis + "\t" + outcome);
        }
    }

    private static String outcome(Runnable reading) {
        try {
            reading.run();
            return "read";
        } catch (ConfigurationException e) {
            int longest = e.faults().stream().mapToInt(String::length).max().orElse(0);
            return "refused, " + e.faults().size() + " faults of at most " + longest + " characters, such as "
                    + e.faults().get(0);
        } catch (Throwable e) {
            return "threw " + e;
        }
    }
}
