// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.memory.Effort.Cell;
import dev.weir.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured, by cell. Not thread-safe. */
final class Cells {

    private record Series(List<Double> nanos, List<Double> elapsed, List<Double> bytes) {
        Series() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    private final Map<Cell, Series> cells = new LinkedHashMap<>();

    /** Adds what one round found. */
    void add(Cell cell, double nanos, double elapsed, double bytes) {
        Series series = cells.computeIfAbsent(cell, fresh -> new Series());
        series.nanos.add(nanos);
        series.elapsed.add(elapsed);
        series.bytes.add(bytes);
    }

    /** {@return nanoseconds of a processor for each operation, empty if the cell was not measured} */
    Optional<Rounds> nanos(Cell cell) {
        return Optional.ofNullable(cells.get(cell)).map(series -> rounds(series.nanos));
    }

    /** {@return how long operations took beside what they took of a processor: 1 on a machine that does nothing else} */
    double delay() {
        double[] ratios = cells.values().stream()
                .mapToDouble(series -> rounds(series.elapsed).ratioTo(rounds(series.nanos)))
                .toArray();
        return Rounds.of(ratios).median();
    }

    /** {@return bytes allocated for each operation, empty if the cell was not measured} */
    Optional<Rounds> bytes(Cell cell) {
        return Optional.ofNullable(cells.get(cell)).map(series -> rounds(series.bytes));
    }

    private static Rounds rounds(List<Double> values) {
        return Rounds.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    void writeTo(ObjectNode raw) {
        ArrayNode array = raw.putArray("cells");
        cells.forEach((cell, series) -> {
            ObjectNode node = array.addObject();
            node.put("subject", cell.kind().name());
            node.put("callers", cell.callers());
            node.put("threads", cell.threads());
            node.put("refused", cell.refused());
            series.nanos.forEach(node.putArray("processorNanosPerOperation")::add);
            series.elapsed.forEach(node.putArray("elapsedNanosPerOperation")::add);
            series.bytes.forEach(node.putArray("bytesPerOperation")::add);
        });
    }

    static Cells from(JsonNode raw) {
        Cells cells = new Cells();
        for (JsonNode node : raw.path("cells")) {
            Cell cell = new Cell(
                    Kind.valueOf(node.path("subject").asText()),
                    node.path("callers").asInt(),
                    node.path("threads").asInt(),
                    node.path("refused").asBoolean());
            int rounds = node.path("processorNanosPerOperation").size();
            for (int i = 0; i < rounds; i++) {
                double nanos = node.path("processorNanosPerOperation").get(i).asDouble();
                double elapsed = node.path("elapsedNanosPerOperation").get(i).asDouble();
                cells.add(
                        cell,
                        nanos,
                        elapsed,
                        node.path("bytesPerOperation").get(i).asDouble());
            }
        }
        return cells;
    }
}
