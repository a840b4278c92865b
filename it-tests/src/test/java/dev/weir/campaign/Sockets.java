// SPDX-License-Identifier: Apache-2.0
package dev.weir.campaign;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** The sockets that processes hold, as Linux tells. */
final class Sockets {

    private static final Pattern SPACES = Pattern.compile("\\s+");
    private static final int REMOTE = 2;
    private static final int INODE = 9;

    private Sockets() {}

    /** {@return how many sockets a process holds whose other end is a port, connected or about to be} */
    static int to(int port, long process) throws IOException {
        Set<String> all = new HashSet<>();
        String suffix = ":%04X".formatted(port);
        for (String table : List.of("tcp", "tcp6")) {
            for (String line : Files.readAllLines(Path.of("/proc/net", table))) {
                List<String> words = SPACES.splitAsStream(line.strip()).toList();
                if (words.get(REMOTE).endsWith(suffix)) {
                    all.add("socket:[" + words.get(INODE) + "]");
                }
            }
        }
        int held = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc", Long.toString(process), "fd"))) {
            for (Path file : files) {
                held += all.contains(target(file)) ? 1 : 0;
            }
        }
        return held;
    }

    private static String target(Path file) throws IOException {
        try {
            return Files.readSymbolicLink(file).toString();
        } catch (NoSuchFileException e) {
            return ""; // closed meanwhile
        }
    }
}
