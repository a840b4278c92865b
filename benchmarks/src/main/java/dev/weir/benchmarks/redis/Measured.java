// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.redis.Effort.Cell;
import dev.weir.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured: for each cell and quantity one value of each round. Not thread-safe. */
final class Measured {

    /** What is measured, all but the first three for each decision. */
    enum Quantity {
        PER_SECOND("decisionsPerSecond"),
        P50("p50Nanos"),
        P99("p99Nanos"),
        CPU("redisCpuNanos"),
        SCRIPTS("scripts"),
        SENT("commandsSent"),
        COMMANDS("commandsInAll"),
        BYTES_IN("bytesIn"),
        BYTES_OUT("bytesOut");

        private static final double NANOS_PER_MICRO = 1_000;

        private final String field;

        Quantity(String field) {
            this.field = field;
        }

        private double of(Kind kind, Crowd.Result result, Spent spent) {
            double decisions = result.latencies().count();
            return switch (this) {
                case PER_SECOND -> result.perSecond();
                case P50 -> result.latencies().percentile(50);
                case P99 -> result.latencies().percentile(99);
                case CPU -> spent.counts().cpuMicros() * NANOS_PER_MICRO / decisions;
                case SCRIPTS -> Kind.scripts(spent.counts()) / decisions;
                case SENT -> kind.sent(spent.counts()) / decisions;
                case COMMANDS -> spent.commands() / decisions;
                case BYTES_IN -> spent.bytesIn() / decisions;
                case BYTES_OUT -> spent.bytesOut() / decisions;
            };
        }
    }

    private static final double PRECISION = 1e6;

    private final Map<Cell, Map<Quantity, List<Double>>> cells = new LinkedHashMap<>();

    /** Adds what one round found. */
    void add(Cell cell, Crowd.Result result, Spent spent) {
        for (Quantity quantity : Quantity.values()) {
            add(cell, quantity, quantity.of(cell.kind(), result, spent));
        }
    }

    /** Adds one value. */
    void add(Cell cell, Quantity quantity, double value) {
        cells.computeIfAbsent(cell, fresh -> new EnumMap<>(Quantity.class))
                .computeIfAbsent(quantity, fresh -> new ArrayList<>())
                .add(value);
    }

    /** {@return one quantity of one cell, empty if it was not measured} */
    Optional<Rounds> rounds(Cell cell, Quantity quantity) {
        return Optional.ofNullable(cells.get(cell))
                .map(quantities -> quantities.get(quantity))
                .map(values -> Rounds.of(
                        values.stream().mapToDouble(Double::doubleValue).toArray()));
    }

    /** {@return the value of the last round} */
    double last(Cell cell, Quantity quantity) {
        List<Double> values = cells.getOrDefault(cell, Map.of()).getOrDefault(quantity, List.of());
        return values.isEmpty() ? Double.NaN : values.get(values.size() - 1);
    }

    /** {@return the cells, in the order in which they were measured first} */
    List<Cell> cells() {
        return List.copyOf(cells.keySet());
    }

    void writeTo(ObjectNode raw) {
        ArrayNode array = raw.putArray("cells");
        cells.forEach((cell, quantities) -> {
            ObjectNode node = array.addObject();
            node.put("subject", cell.kind().name());
            node.put("callers", cell.callers());
            node.put("threads", cell.threads());
            quantities.forEach((quantity, values) -> {
                ArrayNode column = node.putArray(quantity.field);
                values.forEach(value -> column.add(Math.rint(value * PRECISION) / PRECISION));
            });
        });
    }

    static Measured from(JsonNode raw) {
        Measured measured = new Measured();
        for (JsonNode node : raw.path("cells")) {
            Cell cell = new Cell(
                    Kind.valueOf(node.path("subject").asText()),
                    node.path("callers").asInt(),
                    node.path("threads").asInt());
            for (Quantity quantity : Quantity.values()) {
                node.path(quantity.field).forEach(value -> measured.add(cell, quantity, value.asDouble()));
            }
        }
        return measured;
    }
}
