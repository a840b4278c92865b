// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.redis.Effort.Cell;
import dev.weir.benchmarks.redis.Measured.Quantity;
import dev.weir.benchmarks.report.Environment;
import dev.weir.benchmarks.report.Publication;
import dev.weir.benchmarks.report.Section;
import dev.weir.redisrig.CommandCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisReportTest {

    private static final int MANY = Effort.FULL.many();

    private final Measured measured = new Measured();

    @TempDir
    private Path out;

    @Test
    void cpu_isComparedWithinARound() {
        cpu(Kind.GATEWAY, 1, 10, 100, 20);
        cpu(Kind.WEIR_1, 1, 10, 90, 30);
        cpu(Kind.WEIR_3, 1, 18, 160, 40);
        assertThat(aims())
                .contains(
                        "1 bucket beside Spring Cloud Gateway's script, one hot key, 32 threads | 1.00x | 1.00x | met |")
                .contains("3 buckets beside Spring Cloud Gateway's script, one hot key, 32 threads | 1.70x | 1.80x |"
                        + " **missed** |");
    }

    @Test
    void speeds_areTurnedRound() {
        speed(Kind.BUCKET4J_BATCHING, 1, 100);
        speed(Kind.WEIR_1, 1, 80);
        speed(Kind.GATEWAY, MANY, 100);
        speed(Kind.WEIR_1, MANY, 125);
        speed(Kind.BUCKET4J_3, MANY, 50);
        speed(Kind.WEIR_3, MANY, 100);
        speed(Kind.BUCKET4J_3, 1, 10);
        speed(Kind.WEIR_3, 1, 25);
        assertThat(aims())
                .contains(
                        "Bucket4j, batching beside Weir: 1 bucket, one hot key, 32 threads | 1.00x | 1.25x | **missed** |")
                .contains("script beside Weir: 1 bucket, 100,000 callers, 32 threads | 1.00x | 0.80x | met |")
                .contains("3 buckets in turn beside Weir: 3 buckets, 100,000 callers, 32 threads | 0.40x | 0.50x |"
                        + " **missed** |")
                .contains("3 buckets in turn beside Weir: 3 buckets, one hot key, 32 threads | 0.40x | 0.40x | met |")
                .contains("three decisions of Spring Cloud Gateway's script beside Weir: 3 buckets, 100,000 callers,"
                        + " 32 threads | 0.40x | 0.33x | met |");
    }

    @Test
    void commands_areTheMostOfAllRoundsAndCells() {
        measured.add(new Cell(Kind.WEIR_2, 1, 1), Quantity.SCRIPTS, 1);
        measured.add(new Cell(Kind.WEIR_2, MANY, 32), Quantity.SCRIPTS, 1);
        measured.add(new Cell(Kind.WEIR_2, MANY, 32), Quantity.SCRIPTS, 1.001);
        measured.add(new Cell(Kind.WEIR_3, 1, 32), Quantity.SCRIPTS, 1);
        measured.add(new Cell(Kind.WEIR_REFUSED, Effort.REFUSED, 32), Quantity.SENT, 0.01);
        measured.add(new Cell(Kind.WEIR_REFUSED, Effort.REFUSED, 32), Quantity.SENT, 0.0101);
        assertThat(aims())
                .contains("2 buckets: charge commands for a decision, in every round | 1.0000 | 1.0010 | **missed** |")
                .contains("3 buckets: charge commands for a decision, in every round | 1.0000 | 1.0000 | met |")
                .contains("commands for one, in every round | 0.0100 | 0.0101 | **missed** |");
    }

    @Test
    void hotKey_costsFewerCommandsThanDecisions_inEveryRound() {
        Cell hot = new Cell(Kind.WEIR_1, 1, 32);
        String aim = "Weir: 1 bucket: charge commands for a decision, one hot key, 32 threads | less than 1.0000 | ";
        measured.add(hot, Quantity.SCRIPTS, 0.25);
        measured.add(hot, Quantity.SCRIPTS, 0.5);
        measured.add(new Cell(Kind.WEIR_1, MANY, 32), Quantity.SCRIPTS, 1);
        assertThat(aims())
                .contains(aim + "0.5000 | met |")
                .contains("Weir: 1 bucket: charge commands for a decision, in every round | 1.0000 | 1.0000 | met |");
        measured.add(hot, Quantity.SCRIPTS, 1);
        assertThat(aims()).contains(aim + "1.0000 | **missed** |");
    }

    @Test
    void tables_showMediansOfTheRounds() {
        Cell hot = new Cell(Kind.WEIR_1, 1, 8);
        for (double value : new double[] {1_000, 30_000, 20_000}) {
            for (Quantity quantity : Quantity.values()) {
                measured.add(hot, quantity, value);
            }
        }
        assertThat(section("redis-8-threads"))
                .contains("| Weir: 1 bucket | 20,000/s | 20.0 us | 20.0 us | 20.0 us | – | – | – | – |");
        assertThat(section("redis-32-threads")).isEqualTo("Not measured.");
        assertThat(section("redis-costs")).contains("| Weir: 1 bucket | 20000.0 | 20000.0 | 20000 B | 20000 B | – |");
    }

    @Test
    void measured_isReckonedForEachDecision() {
        Latencies latencies = new Latencies();
        for (int i = 1; i <= 4; i++) {
            latencies.add(i * 10L);
        }
        CommandCounts counts = new CommandCounts(
                Map.of(
                        "evalsha", new CommandCounts.Count(4, 0),
                        "get", new CommandCounts.Count(8, 0),
                        "info", new CommandCounts.Count(3, 0)),
                60,
                20);
        Cell cell = new Cell(Kind.BUCKET4J, 1, 1);
        measured.add(cell, new Crowd.Result(2_000_000_000, latencies), new Spent(counts, 400, 100));
        assertThat(List.of(Quantity.values()).stream().map(quantity -> measured.last(cell, quantity)))
                .containsExactly(2.0, 20.0, 40.0, 20_000.0, 1.0, 2.0, 3.0, 100.0, 25.0);
    }

    @Test
    void cells_surviveTheRawFile() {
        for (Cell cell : Effort.FULL.cells()) {
            for (Quantity quantity : Quantity.values()) {
                measured.add(cell, quantity, 0.25);
                measured.add(cell, quantity, 0.5);
            }
        }
        ObjectNode again = JsonNodeFactory.instance.objectNode();
        Measured.from(raw()).writeTo(again);
        assertThat(again.path("cells")).isEqualTo(raw().path("cells")).hasSameSizeAs(Effort.FULL.cells());
    }

    /** The page of the repository has a place for every section. */
    @Test
    void page_takesAllSections() throws IOException {
        for (Cell cell : Effort.FULL.cells()) {
            for (Quantity quantity : Quantity.values()) {
                measured.add(cell, quantity, 1);
            }
        }
        Path root = Path.of(System.getProperty("weir.root"));
        new Publication(root, out).publish(new RedisReport(raw()).sections());
        assertThat(out.resolve("docs/benchmarks.md")).content().contains("| Weir: 3 buckets | 1/s |");
        assertThat(out.resolve("docs/benchmarks").toFile().list())
                .hasSize(Effort.FULL.threads().size());
    }

    private void cpu(Kind kind, int callers, double... nanos) {
        for (double each : nanos) {
            measured.add(new Cell(kind, callers, 32), Quantity.CPU, each);
        }
    }

    private void speed(Kind kind, int callers, double perSecond) {
        measured.add(new Cell(kind, callers, 32), Quantity.PER_SECOND, perSecond);
    }

    private String aims() {
        return section("redis-aims");
    }

    private String section(String name) {
        return new RedisReport(raw())
                .sections().stream()
                        .filter(section -> section.name().equals(name))
                        .map(Section::markdown)
                        .findFirst()
                        .orElseThrow();
    }

    private ObjectNode raw() {
        ObjectNode raw = JsonNodeFactory.instance.objectNode();
        Environment.here(Path.of(""), Instant.EPOCH).writeTo(raw);
        Effort.FULL.writeTo(raw);
        measured.writeTo(raw);
        return raw;
    }
}
