// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.memory.Effort.Cell;
import dev.weir.benchmarks.report.Environment;
import dev.weir.benchmarks.report.Publication;
import dev.weir.benchmarks.report.Section;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryReportTest {

    @TempDir
    private Path out;

    @Test
    void ratios_areThoseWithinARound_toBucket4jWithAsManyBuckets() {
        Cells cells = new Cells();
        add(cells, Kind.BUCKET4J, 100, 300);
        add(cells, Kind.BUCKET4J_3, 400, 1200);
        add(cells, Kind.CHARGE_1, 50, 150);
        add(cells, Kind.CHARGE_3, 100, 300);
        String table = section(raw(cells), "memory-2-threads").markdown();
        assertThat(table)
                .contains("| Weir: the store's charge, 1 bucket | 100 ns | 0.50x | – | – | 7 B |")
                .contains("| Weir: the store's charge, 3 buckets | 200 ns | 0.25x |");
    }

    @Test
    void aims_standBesideWhatWasMeasured() {
        Cells cells = new Cells();
        add(cells, Kind.BUCKET4J, 100, 300);
        add(cells, Kind.CHARGE_1, 50, 150);
        add(cells, Kind.TRY_CONSUME, 50, 150);
        assertThat(section(raw(cells), "memory-aims").markdown())
                .contains("charge of one bucket, 1,000 callers: time beside Bucket4j | 0.33x | 0.50x | **missed** |")
                .contains("`tryConsume(key)`, 1,000 callers: time beside Bucket4j | 0.50x | 0.50x | met |")
                .contains("beside the key itself | 128 B | 134 B | **missed** |")
                .contains("for each further bandwidth | 24 B | 23 B | met |")
                .contains("for each live rolling entry | 8 B | 8 B | met |");
    }

    @Test
    void storeThatAllocatesAnObject_hasMissedItsAim_butTheHarnessIsNotTheStore() {
        for (double own : new double[] {1, 16}) {
            Cells cells = new Cells();
            cells.add(new Cell(Kind.BUILD_1, Effort.FEW, 2, false), 50, 50, 152);
            cells.add(new Cell(Kind.CHARGE_1, Effort.FEW, 2, false), 150, 150, 152 + own);
            assertThat(section(raw(cells), "memory-aims").markdown())
                    .contains("for a charge of 1 bucket | 0 B | " + (own < 8 ? "0 B | met |" : "16 B | **missed** |"));
        }
    }

    @Test
    void about_saysHowBusyTheMachineWas() {
        Cells cells = new Cells();
        add(cells, Kind.BUCKET4J, 100, 300);
        assertThat(section(raw(cells), "memory").markdown()).contains("Operations took 2.00x as long");
    }

    @Test
    void cells_surviveTheRawFile() {
        Cells cells = new Cells();
        for (Cell cell : Effort.FULL.cells()) {
            cells.add(cell, 1, 2, 3);
            cells.add(cell, 4, 5, 6);
        }
        ObjectNode once = JsonNodeFactory.instance.objectNode();
        cells.writeTo(once);
        ObjectNode again = JsonNodeFactory.instance.objectNode();
        Cells.from(once).writeTo(again);
        assertThat(again).isEqualTo(once);
        assertThat(once.path("cells")).hasSize(Effort.FULL.cells().size());
    }

    /** The page of the repository has a place for every section. */
    @Test
    void page_takesAllSections_ofAQuickAndOfAFullRun() throws IOException {
        Path root = Path.of(System.getProperty("weir.root"));
        for (Effort effort : List.of(Effort.QUICK, Effort.FULL)) {
            Cells cells = new Cells();
            effort.cells().forEach(cell -> cells.add(cell, 100, 110, 10));
            new Publication(root, out).publish(new MemoryReport(raw(cells)).sections());
        }
        assertThat(out.resolve("docs/benchmarks.md")).content().doesNotContain("begin: memory -->\nNot measured");
        assertThat(out.resolve("docs/benchmarks").toFile().list()).hasSize(4);
    }

    private static Section section(ObjectNode raw, String name) {
        return new MemoryReport(raw)
                .sections().stream()
                        .filter(section -> section.name().equals(name))
                        .findFirst()
                        .orElseThrow();
    }

    private static void add(Cells cells, Kind kind, double... nanos) {
        for (double each : nanos) {
            cells.add(new Cell(kind, Effort.FEW, 2, false), each, 2 * each, 7);
        }
    }

    private static ObjectNode raw(Cells cells) {
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        Environment.here(Path.of(""), Instant.EPOCH).writeTo(raw);
        Effort.QUICK.writeTo(raw);
        ObjectNode bytes = raw.putObject("bytesPerKey");
        bytes.put("WEIR_1", 189.1);
        bytes.put("WEIR_3", 234.3);
        bytes.put("WEIR_KEY", 55.0);
        bytes.put("WEIR_ROLLING_1", 161.0);
        bytes.put("WEIR_ROLLING_101", 961.0);
        cells.writeTo(raw);
        return raw;
    }
}
