// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that hold what was measured, before anybody rounds it. */
public final class RawData {

    private static final ObjectMapper JSON = new ObjectMapper();

    private RawData() {}

    /**
     * Writes a file, the same on every system.
     *
     * @param file where; its folders are made
     * @param raw what was measured
     * @throws IOException if it cannot be written
     */
    public static void write(Path file, JsonNode raw) throws IOException {
        DefaultPrettyPrinter printer = new DefaultPrettyPrinter();
        printer.indentObjectsWith(new DefaultIndenter("  ", "\n"));
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
        String text = JSON.writer(printer).writeValueAsString(raw);
        Files.writeString(file, text + "\n", StandardCharsets.UTF_8);
    }

    /**
     * Reads a file.
     *
     * @param file which
     * @return what it holds
     * @throws IOException if it cannot be read
     */
    public static JsonNode read(Path file) throws IOException {
        return JSON.readTree(Files.readString(file, StandardCharsets.UTF_8));
    }
}
