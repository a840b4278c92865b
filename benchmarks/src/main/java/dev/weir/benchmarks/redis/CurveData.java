// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.redis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.redis.Curve.Spot;
import dev.weir.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was measured for the curves: for each point and figure one value of each round. Not thread-safe. */
final class CurveData {

    /** What is measured, all but the first for each decision. */
    enum Figure {
        PER_SECOND("decisionsPerSecond"),
        CPU("redisCpuNanos"),
        SENT("commandsSent");

        private final String field;

        Figure(String field) {
            this.field = field;
        }
    }

    private record Cell(Curve curve, Spot spot) {}

    private static final double PRECISION = 1e6;
    private static final double NANOS_PER_MICRO = 1_000;

    private final Map<Cell, Map<Figure, List<Double>>> cells = new LinkedHashMap<>();

    /** Adds what one round found. */
    void add(Curve curve, Spot spot, Answers answers, Spent spent) {
        double decisions = answers.decisions();
        Kind kind = spot.series().kind();
        add(curve, spot, Figure.PER_SECOND, answers.perSecond());
        add(curve, spot, Figure.CPU, spent.counts().cpuMicros() * NANOS_PER_MICRO / decisions);
        add(curve, spot, Figure.SENT, kind.sent(spent.counts()) / decisions);
    }

    /** Adds one value. */
    void add(Curve curve, Spot spot, Figure figure, double value) {
        cells.computeIfAbsent(new Cell(curve, spot), fresh -> new EnumMap<>(Figure.class))
                .computeIfAbsent(figure, fresh -> new ArrayList<>())
                .add(value);
    }

    /** {@return the median of the rounds, empty if it was not measured} */
    Optional<Double> median(Curve curve, Spot spot, Figure figure) {
        return Optional.ofNullable(cells.get(new Cell(curve, spot)))
                .map(figures -> figures.get(figure))
                .map(values -> Rounds.of(
                                values.stream().mapToDouble(Double::doubleValue).toArray())
                        .median());
    }

    void writeTo(ObjectNode raw) {
        ArrayNode array = raw.putArray("points");
        cells.forEach((cell, figures) -> {
            ObjectNode node = array.addObject();
            node.put("curve", cell.curve().name());
            node.put("series", cell.spot().series().name());
            node.put("processes", cell.spot().processes());
            node.put("buckets", cell.spot().buckets());
            node.put("callers", cell.spot().callers());
            figures.forEach((figure, values) -> {
                ArrayNode column = node.putArray(figure.field);
                values.forEach(value -> column.add(Math.rint(value * PRECISION) / PRECISION));
            });
        });
    }

    static CurveData from(JsonNode raw) {
        CurveData data = new CurveData();
        for (JsonNode node : raw.path("points")) {
            Curve curve = Curve.valueOf(node.path("curve").asText());
            Spot spot = new Spot(
                    Series.valueOf(node.path("series").asText()),
                    node.path("processes").asInt(),
                    node.path("buckets").asInt(),
                    node.path("callers").asInt());
            for (Figure figure : Figure.values()) {
                node.path(figure.field).forEach(value -> data.add(curve, spot, figure, value.asDouble()));
            }
        }
        return data;
    }
}
