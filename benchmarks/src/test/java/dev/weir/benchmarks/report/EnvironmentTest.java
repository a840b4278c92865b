// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {

    @TempDir
    private Path folder;

    @Test
    void environment_survivesTheRawFile() throws IOException {
        Environment here = Environment.here(folder, Instant.parse("2026-11-22T23:30:00Z"));
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        here.writeTo(raw);
        Path file = folder.resolve("some/where/raw.json");
        RawData.write(file, raw);
        assertThat(Environment.from(RawData.read(file))).isEqualTo(here);
        assertThat(here.sentence()).startsWith("2026-11-22, commit ").contains("JDK", "cores");
    }

    @Test
    void rawFile_namesNoPlace() throws IOException {
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        Environment.here(folder, Instant.EPOCH).writeTo(raw);
        assertThat(raw.toString())
                .doesNotContain(folder.getFileName().toString(), System.getProperty("user.home") + "/");
    }

    @Test
    void outsideOfARepository_theCommitIsUnknown() {
        assertThat(Environment.here(folder, Instant.EPOCH).commit()).isEqualTo("unknown");
    }
}
