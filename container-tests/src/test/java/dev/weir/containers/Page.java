// SPDX-License-Identifier: Apache-2.0
package dev.weir.containers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A page of docs/install, of which a test does what its blocks say. */
record Page(String text) {

    static Page of(String name) throws IOException {
        return new Page(Files.readString(Path.of(System.getProperty("weir.root"), "docs/install", name + ".md")));
    }

    /** What stands under a heading, up to the next one. */
    Page section(String heading) {
        String[] parts = text.split("(?m)^## ", -1);
        for (String part : parts) {
            if (part.startsWith(heading + "\n")) {
                return new Page(part);
            }
        }
        throw new AssertionError("no section " + heading);
    }

    /** The first block in a language. */
    String block(String language) {
        return blocks(language).get(0);
    }

    /** All blocks in a language, of which there is one at least. */
    List<String> blocks(String language) {
        Matcher matcher = Pattern.compile("^```" + language + "\\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE)
                .matcher(text);
        List<String> blocks = matcher.results().map(block -> block.group(1)).toList();
        assertThat(blocks).as("blocks in " + language).isNotEmpty();
        return blocks;
    }

    /** Runs commands in a shell, with this Java on the path. */
    static void run(String commands, Path folder, Map<String, String> environment)
            throws IOException, InterruptedException {
        Path log = Files.createTempFile("page", ".log");
        try {
            ProcessBuilder builder = new ProcessBuilder("sh", "-eu", "-c", commands)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            String java = Path.of(System.getProperty("java.home"), "bin").toString();
            builder.environment().merge("PATH", java, (path, first) -> first + ":" + path);
            builder.environment().putAll(environment);
            Process shell = builder.start();
            assertThat(shell.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(shell.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            Files.delete(log);
        }
    }
}
