// SPDX-License-Identifier: Apache-2.0
package dev.weir.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a file holds, reading it takes no more than a second and 64 MiB, and what is said of it fits a screen. */
class HostileFileTest {

    private static final long PATIENCE_SECONDS = 300;
    private static final String LARGE = "two-hundred-megabytes.yaml";

    @TempDir
    Path folder;

    @Test
    void hostileFiles_areRefusedWithinASecondIn64Mebibytes() throws Exception {
        Path files = Files.createDirectory(folder.resolve("files"));
        for (Map.Entry<String, byte[]> file : HostileFiles.all().entrySet()) {
            assertThat(file.getValue().length).as(file.getKey()).isLessThanOrEqualTo(1 << 20);
            Files.write(files.resolve(file.getKey()), file.getValue());
        }
        try (RandomAccessFile large = new RandomAccessFile(files.resolve(LARGE).toFile(), "rw")) {
            large.write("rules: [".getBytes(StandardCharsets.UTF_8));
            large.setLength(200_000_000);
        }
        Map<String, String[]> lines = new HashMap<>();
        for (String line : readByAnother(files)) {
            String[] parts = line.split("\t", 3);
            assertThat(parts).as(line).hasSize(3);
            lines.put(parts[0], parts);
        }
        assertThat(lines.keySet()).hasSize(HostileFiles.all().size() + 1).contains(LARGE, "alias-bomb.yaml");
        lines.forEach((name, parts) -> {
            assertThat(parts[2]).as(name).startsWith("refused, ").hasSizeLessThan(3000);
            // A crowd is a mebibyte of entries that are read one by one before the file is refused.
            long millis = name.startsWith("crowd-") ? 3000 : 1000;
            assertThat(Long.parseLong(parts[1])).as("ms for " + name).isLessThan(millis);
            assertThat(parts[2]).as(name).matches("refused, [0-9]+ faults of at most [0-9]{1,4} characters, .*");
        });
    }

    private List<String> readByAnother(Path files) throws IOException, InterruptedException {
        Path out = folder.resolve("out.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m", "-XX:+UseSerialGC"));
        command.addAll(List.of("-cp", classPath(), HostileFileReader.class.getName(), files.toString()));
        Process reader = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(reader.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .as(Files.readString(out))
                    .isTrue();
        } finally {
            reader.destroyForcibly().waitFor();
        }
        assertThat(reader.exitValue()).as(Files.readString(out)).isZero();
        return Files.readAllLines(out);
    }

    private static String classPath() {
        String own = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        assertThat(own).contains(File.pathSeparator);
        return own;
    }
}
