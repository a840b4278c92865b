// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * CPU time of the garbage collector of this JVM. Java 17 does not tell it; Linux does, by the names of threads. Elsewhere it
 * counts as none, for every variant alike.
 */
final class CollectorTime {

    private static final Path TASKS = Path.of("/proc/self/task");

    private CollectorTime() {}

    static long nanos() throws IOException {
        if (!Files.isDirectory(TASKS)) {
            return 0;
        }
        long nanos = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                nanos += nanos(task);
            }
        }
        return nanos;
    }

    private static long nanos(Path task) throws IOException {
        try {
            if (isCollector(read(task.resolve("comm")))) {
                return Long.parseLong(read(task.resolve("schedstat")).split(" ", 2)[0]);
            }
        } catch (NoSuchFileException e) {
            // A thread that has just ended, or a kernel that does not count.
        }
        return 0;
    }

    static boolean isCollector(String thread) {
        return thread.startsWith("GC Thread") || thread.startsWith("G1 ") || thread.startsWith("VM Thread");
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
    }
}
