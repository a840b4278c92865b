// SPDX-License-Identifier: Apache-2.0
package dev.weir.benchmarks.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weir.benchmarks.report.Rounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the windows have measured, per request: for each subject and fork a list in which each pass adds one. Not thread-safe. */
final class Measured {

    /**
     * What is measured.
     *
     * @param server the container
     * @param limit whether it refuses
     * @param variant what stands before the servlet
     */
    record Subject(ServerKind server, Limit limit, Variant variant) {}

    /** The columns of the raw data: CPU of what answers, CPU of the process, bytes allocated. */
    enum Quantity {
        CPU_NANOS("cpuNanos"),
        PROCESS_NANOS("processNanos"),
        BYTES("bytes");

        private final String field;

        Quantity(String field) {
            this.field = field;
        }

        private long of(Usage used) {
            return switch (this) {
                case CPU_NANOS -> used.answerNanos();
                case PROCESS_NANOS -> used.processNanos();
                case BYTES -> used.allocatedBytes();
            };
        }
    }

    private record Window(Usage used, long requests) {

        /** A nanosecond and a byte are finer than what is measured. */
        long perRequest(Quantity quantity) {
            return Math.round((double) quantity.of(used) / requests);
        }
    }

    private final Map<Subject, List<List<Window>>> forks = new LinkedHashMap<>();

    /** Adds a window; fork 0 comes first, and no fork is left out. */
    void add(int fork, Subject subject, Usage used, long requests) {
        List<List<Window>> known = forks.computeIfAbsent(subject, key -> new ArrayList<>());
        if (known.size() == fork) {
            known.add(new ArrayList<>());
        }
        known.get(fork).add(new Window(used, requests));
    }

    void writeTo(ObjectNode raw) {
        ArrayNode cells = raw.putArray("cells");
        forks.forEach((subject, measured) -> {
            ObjectNode cell = cells.addObject();
            cell.put("server", subject.server.name());
            cell.put("limit", subject.limit.name());
            cell.put("variant", subject.variant.name());
            for (Quantity quantity : Quantity.values()) {
                ArrayNode column = cell.putArray(quantity.field);
                for (List<Window> fork : measured) {
                    ArrayNode windows = column.addArray();
                    fork.forEach(window -> windows.add(window.perRequest(quantity)));
                }
            }
        });
    }

    /** {@return whether the raw data have such a subject} */
    static boolean has(JsonNode raw, Subject subject) {
        return cell(raw, subject) != null;
    }

    /** {@return one quantity of one subject: the windows of each fork} */
    static List<Rounds> rounds(JsonNode raw, Subject subject, Quantity quantity) {
        JsonNode cell = cell(raw, subject);
        if (cell == null) {
            throw new IllegalArgumentException("the raw data have no " + subject);
        }
        List<Rounds> forks = new ArrayList<>();
        cell.get(quantity.field).forEach(fork -> forks.add(Rounds.from(fork)));
        return forks;
    }

    private static @Nullable JsonNode cell(JsonNode raw, Subject subject) {
        for (JsonNode cell : raw.path("cells")) {
            if (cell.path("server").asText().equals(subject.server.name())
                    && cell.path("limit").asText().equals(subject.limit.name())
                    && cell.path("variant").asText().equals(subject.variant.name())) {
                return cell;
            }
        }
        return null;
    }
}
